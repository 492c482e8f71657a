// A customer's way through the shop, by the client that was generated from the document and nothing else.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	jangteo "example.com/jangteo"
)

const amount = int64(4_000_000_000)

func sure(ok bool, what string, seen ...any) {
	if !ok {
		fmt.Fprintln(os.Stderr, append([]any{"not so:", what}, seen...)...)
		os.Exit(1)
	}
}

func done[T any](value T, _ *http.Response, err error) T {
	if problem, ok := err.(*jangteo.GenericOpenAPIError); ok {
		sure(false, err.Error(), string(problem.Body()))
	}
	sure(err == nil, "answered", err)
	return value
}

func main() {
	configuration := jangteo.NewConfiguration()
	configuration.Servers = jangteo.ServerConfigurations{{URL: os.Getenv("SHOP_URL")}}
	client := jangteo.NewAPIClient(configuration)
	anyone := context.Background()
	email, password := fmt.Sprintf("go-%d@example.com", time.Now().UnixNano()), "correct horse battery"

	done(client.AccountsAPI.Register(anyone).Registration(*jangteo.NewRegistration(email, password, "Mina")).Execute())
	granted := done(client.AccountsAPI.Login(anyone).Credentials(*jangteo.NewCredentials(email, password)).Execute())
	user := context.WithValue(anyone, jangteo.ContextAccessToken, granted.AccessToken)

	charge := done(client.BalanceAPI.ChargeBalance(user).IdempotencyKey(email).Charging(*jangteo.NewCharging(amount)).Execute())
	sure(charge.CurrentBalance == amount, "the charge is in the balance", charge.CurrentBalance)
	balance := done(client.BalanceAPI.ReadBalance(user).Execute())
	sure(balance.CurrentBalance == amount, "the balance is read", balance.CurrentBalance)

	products := done(client.ProductsAPI.ListProducts(anyone).Limit(100).Execute())
	productId := ""
	for _, product := range products {
		if product.ProductId == os.Getenv("PRODUCT_ID") {
			productId = product.ProductId
			sure(product.Price == 3_000_000_000, "the price is read", product.Price)
		}
	}
	line := jangteo.NewOrderDraftLine(productId, 1)
	draft := jangteo.NewOrderDraft()
	draft.SetItems([]jangteo.OrderDraftLine{*line})
	placed := done(client.OrdersAPI.PlaceOrder(user).Prefer("wait=30").OrderDraft(*draft).Execute())
	sure(placed.TotalPrice == 3_000_000_000, "the order is placed", placed.TotalPrice)
	order := done(client.OrdersAPI.ReadOrder(user, placed.OrderId).Execute())
	sure(order.OrderStatus == "SUCCESS" && len(order.History) > 1, "the order is read", order.OrderStatus)

	line.Quantity = 1_000
	draft.SetItems([]jangteo.OrderDraftLine{*line})
	_, answer, err := client.OrdersAPI.PlaceOrder(user).Prefer("wait=30").OrderDraft(*draft).Execute()
	sure(err != nil && answer.StatusCode == 409, "too many are refused", err)
	refused, ok := err.(*jangteo.GenericOpenAPIError).Model().(jangteo.PlaceOrder409Response)
	sure(ok, "the problem is read", err)
	sure(refused.OutOfStockProblem != nil && refused.OutOfStockProblem.Status == 409, "the code is told", refused)

	orders := done(client.OrdersAPI.ListOrders(user).Execute())
	sure(len(orders) == 2, "the orders are listed", len(orders))
	history := done(client.BalanceAPI.ListTransactions(user).Execute())
	sure(len(history) == 2 && history[1].Amount == amount, "the ledger is listed", history)
	done(client.ProductsAPI.ReadTopProducts(anyone).Execute())
	done(client.CouponsAPI.ListCoupons(anyone).Execute())
	done(client.CouponsAPI.ListMyCoupons(user).Execute())
	done(client.CartAPI.ReadCart(user).Execute())

	hourAgo := time.Now().In(time.FixedZone("", 9*60*60)).Add(-time.Hour).Truncate(time.Second)
	sure(len(done(client.OrdersAPI.ListOrders(user).From(hourAgo).Execute())) == 2, "a time with an offset is taken in a query")
	sure(len(done(client.OrdersAPI.ListOrders(user).To(hourAgo).Execute())) == 0, "and is the moment that it says")
	operator := context.WithValue(anyone, jangteo.ContextAccessToken, os.Getenv("OPERATOR_TOKEN"))
	terms := jangteo.NewCouponDraft("Tea", "FIXED", 1, 1)
	terms.SetIssueStartsAt(hourAgo)
	coupon := done(client.CouponsAPI.CreateCoupon(operator).CouponDraft(*terms).Execute())
	sure(coupon.GetIssueStartsAt().Equal(hourAgo), "and in a body", coupon)
	sure(done(client.HealthAPI.ReadReadiness(anyone).Execute()).Status == "ok", "it is ready")
}
