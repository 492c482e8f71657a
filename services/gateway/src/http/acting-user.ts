import { Injectable } from '@nestjs/common';
import { refuse } from '@jangteo/contracts';
import type { Call } from './request-context.js';
import { actingUserOf } from '../domain/caller.js';
import { valueOf } from './refusal-error.js';
import { Users } from '../accounts/users.repository.js';

/** Finds out for whom a call is made. */
@Injectable()
export class ActingUser {
  constructor(private readonly users: Users) {}

  /**
   * @param wanted the user that the call names, if it names one
   * @returns the id of a user that exists
   * @throws Refused with FORBIDDEN for somebody else's, USER_NOT_FOUND for nobody's
   */
  async of({ caller, isReading }: Call, wanted: string | undefined): Promise<string> {
    const userId = valueOf(actingUserOf(caller, wanted));
    if (userId === caller.userId) return userId;
    const user = await this.users.find(userId);
    // What a deleted account has done is still read, and nothing is done for it any more.
    const isThere = user !== undefined && (user.state !== 'DELETED' || isReading);
    return isThere ? userId : valueOf(refuse('USER_NOT_FOUND'));
  }
}
