"""A customer's way through the shop, by the client that was generated from the document and nothing else."""

import os
import uuid
from datetime import datetime, timedelta, timezone

import jangteo

AMOUNT = 4_000_000_000


def sure(ok, what, *seen):
    if not ok:
        raise SystemExit(f"not so: {what} {seen}")


client = jangteo.ApiClient(jangteo.Configuration(host=os.environ["SHOP_URL"]))
email, password = f"python-{uuid.uuid4()}@example.com", "correct horse battery"

accounts = jangteo.AccountsApi(client)
accounts.register(jangteo.Registration(email=email, password=password, name="Mina"))
granted = accounts.login(jangteo.Credentials(email=email, password=password))
client.configuration.access_token = granted.access_token

balances = jangteo.BalanceApi(client)
charge = balances.charge_balance(jangteo.Charging(amount=AMOUNT), idempotency_key=email)
sure(charge.current_balance == AMOUNT, "the charge is in the balance", charge)
sure(balances.read_balance().current_balance == AMOUNT, "the balance is read")

products = jangteo.ProductsApi(client)
product_id = os.environ["PRODUCT_ID"]
product = next(one for one in products.list_products(limit=100) if str(one.product_id) == product_id)
sure(product.price == 3_000_000_000, "the price is read", product)

orders = jangteo.OrdersApi(client)


def draft(quantity):
    return jangteo.OrderDraft(items=[jangteo.OrderDraftLine(product_id=product_id, quantity=quantity)])


placed = orders.place_order(draft(1), prefer="wait=30")
sure(placed.total_price == 3_000_000_000, "the order is placed", placed)
order = orders.read_order(placed.order_id)
sure(order.order_status == "SUCCESS" and len(order.history) > 1, "the order is read", order)

try:
    orders.place_order(draft(1_000), prefer="wait=30")
    sure(False, "too many are refused")
except jangteo.ApiException as refused:
    sure(refused.status == 409, "too many are refused", refused)
    problem = jangteo.OutOfStockProblem.from_json(refused.body)
    sure(problem.code == "OUT_OF_STOCK", "the code is told", problem)

sure(len(orders.list_orders()) == 2, "the orders are listed")
history = balances.list_transactions()
sure(len(history) == 2 and history[1].amount == AMOUNT, "the ledger is listed", history)
products.read_top_products()
coupons = jangteo.CouponsApi(client)
coupons.list_coupons()
coupons.list_my_coupons()
jangteo.CartApi(client).read_cart()

hour_ago = (datetime.now(timezone(timedelta(hours=9))) - timedelta(hours=1)).replace(microsecond=0)
sure(len(orders.list_orders(var_from=hour_ago)) == 2, "a time with an offset is taken in a query")
sure(orders.list_orders(to=hour_ago) == [], "and is the moment that it says")
operator = jangteo.Configuration(host=os.environ["SHOP_URL"], access_token=os.environ["OPERATOR_TOKEN"])
terms = {"discount_type": "FIXED", "discount_value": 1, "total_quantity": 1, "issue_starts_at": hour_ago}
coupon = jangteo.CouponsApi(jangteo.ApiClient(operator)).create_coupon(jangteo.CouponDraft(name="Tea", **terms))
sure(coupon.issue_starts_at == hour_ago, "and in a body", coupon)
sure(jangteo.HealthApi(client).read_readiness().status == "ok", "it is ready")
