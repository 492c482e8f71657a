#!/usr/bin/env bash
# The whole way of an order by curl: what an admin prepares, what a customer does, what the shop says of it.
#
#   examples/order.sh                                       # the shop of npm start
#   SHOP=https://shop.example ADMIN_PASSWORD=… examples/order.sh
set -euo pipefail

SHOP=${SHOP:-http://localhost:3000}
ADMIN_EMAIL=${ADMIN_EMAIL:-admin@jangteo.local}
SECRETS=$(dirname "$0")/../.local/secrets.json

field() { node -pe "JSON.parse(require('fs').readFileSync(0)).$1"; }
# Fails for a refusal, and shows it.
call() { curl --silent --show-error --fail-with-body --max-time 60 "$@"; }
# Passwords and tokens come by a program's input or environment: its arguments can be seen by everybody on this machine.
ask() { printf 'authorization: Bearer %s' "$TOKEN" | call "$SHOP$1" -H @- "${@:2}"; }
post() { ask "$1" -H 'content-type: application/json' -d "$2" "${@:3}"; }
account() {
  node -pe 'const [, email, name] = process.argv; JSON.stringify({ email, password: process.env.PASSWORD, name })' "${@:2}" |
    call "$SHOP/auth/$1" -H 'content-type: application/json' -d @-
}
login() { account login "$1" | field accessToken; }
say() { printf '\n== %s\n' "$1"; }

say 'An admin puts a product and a coupon into the shop'
TOKEN=$(PASSWORD=${ADMIN_PASSWORD:-$(field adminPassword <"$SECRETS")} login "$ADMIN_EMAIL")
PRODUCT=$(post /products '{"name":"Tea cup","price":12000,"stock":40}' | field productId)
COUPON=$(post /coupons '{"name":"Opening week","discountType":"FIXED","discountValue":3000,"totalQuantity":30}' |
  field couponId)

say 'A customer registers, and logs in'
EMAIL=joon-$(date +%s)-$$@example.com
export PASSWORD='correct horse'
account register "$EMAIL" Joon
TOKEN=$(login "$EMAIL")

say 'The wallet is charged, once, although it is asked for twice: both have one Idempotency-Key'
KEY=charge-$EMAIL
post /balance/charge '{"amount":50000}' -H "idempotency-key: $KEY"
post /balance/charge '{"amount":50000}' -H "idempotency-key: $KEY"
ask /balance

say 'A coupon is issued'
MINE=$(ask "/coupons/$COUPON/issue" -X POST | field userCouponId)
ask "/coupons/$COUPON"

say 'Two cups are ordered with it; the answer does not wait for the end'
ORDER=$(post /orders "{\"items\":[{\"productId\":\"$PRODUCT\",\"quantity\":2}],\"userCouponId\":\"$MINE\"}" \
  -H 'prefer: respond-async' -H "idempotency-key: order-$EMAIL" | field orderId)

say 'Its stream tells each step, and ends with the order'
ask "/orders/$ORDER/events" --no-buffer

say 'The order, and why it ended so'
ask "/orders/$ORDER"
ask "/orders/$ORDER/timeline" | field why.en

say 'It is cancelled: money, coupon and stock go back'
ask "/orders/$ORDER/cancel" -X POST
ask /balance
ask /balance/history
