import { useState } from 'react';
import { useSettings } from '../app/settings.js';
import { useWords } from '../words/index.js';
import { useAddress } from './address.js';
import { Button } from './Button.js';
import { changeTo, givenIn, wordOf, type FilterField, type FilterFields } from './filter-fields.js';
import { Filters, SelectField, TextField } from './Filters.js';
import { instantOf, writtenOf } from './instants.js';

export interface AddressFiltersProps<Name extends string> {
  readonly fields: FilterFields<Name>;
  readonly labels: Readonly<Record<Name, string>>;
  /** So many are shown at first, where none of the others is given. */
  readonly shown?: number | undefined;
  /** The names that the address has for what is open beside the list: it goes with the filters. */
  readonly open?: readonly string[] | undefined;
}

/** The filters of a list, which are in the address of its page. */
export function AddressFilters<Name extends string>({
  fields,
  labels,
  shown = Infinity,
  open,
}: AddressFiltersProps<Name>) {
  const { actions } = useWords();
  const [address, change] = useAddress();
  const [{ zone }] = useSettings();
  const names = Object.keys(fields) as Name[];
  const [isMore, showMore] = useState(names.slice(shown).some((name) => address[name] !== undefined));
  const set = (name: string, value?: string) => change({ [name]: value, cursor: undefined });
  return (
    <Filters
      chips={givenIn(fields, address).map(([name, text]) => ({
        name,
        label: `${labels[name]}: ${wordOf(fields[name], text, zone)}`,
      }))}
      onRemove={set}
      onClear={() => change(changeTo(fields, {}, open))}
    >
      {names.slice(0, isMore ? names.length : shown).map((name) => {
        const field: FilterField = fields[name];
        const text = address[name] ?? '';
        const isTime = field === 'datetime-local';
        const common = {
          label: labels[name],
          value: isTime ? writtenOf(text, zone) : text,
          onChange: (value: string) => set(name, isTime ? instantOf(value, zone) : value),
        };
        return typeof field === 'string' ? (
          <TextField key={name} {...common} type={field} />
        ) : (
          <SelectField key={name} {...common} options={Object.entries({ '': actions.any, ...field })} />
        );
      })}
      {!isMore && names.length > shown && (
        <Button kind="quiet" onClick={() => showMore(true)}>
          {actions.moreFilters}
        </Button>
      )}
    </Filters>
  );
}
