import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

/** A customer's way through the shop, by the client that was generated from the document and nothing else. */
public class Walk {
  private static final long AMOUNT = 4_000_000_000L;

  private static void sure(boolean ok, String what, Object... seen) {
    if (!ok) throw new IllegalStateException("not so: " + what + " " + List.of(seen));
  }

  public static void main(String[] args) throws ApiException {
    ApiClient client = new ApiClient();
    client.setBasePath(System.getenv("SHOP_URL"));
    client.setReadTimeout(60_000);
    String email = "java-" + UUID.randomUUID() + "@example.com";
    String password = "correct horse battery";

    AccountsApi accounts = new AccountsApi(client);
    accounts.register(new Registration().email(email).password(password).name("Mina"), null, null);
    Granted granted = accounts.login(new Credentials().email(email).password(password), null);
    client.setBearerToken(granted.getAccessToken());

    BalanceApi balances = new BalanceApi(client);
    SucceededCharge charge = balances.chargeBalance(new Charging().amount(AMOUNT), email, null);
    sure(charge.getCurrentBalance() == AMOUNT, "the charge is in the balance", charge);
    sure(balances.readBalance(null, null).getCurrentBalance() == AMOUNT, "the balance is read");

    ProductsApi products = new ProductsApi(client);
    UUID productId = UUID.fromString(System.getenv("PRODUCT_ID"));
    Product product = products.listProducts(100, null, null, null, null, null, null, null, null, null).stream()
        .filter(one -> one.getProductId().equals(productId)).findFirst().orElseThrow();
    sure(product.getPrice() == 3_000_000_000L, "the price is read", product);

    OrdersApi orders = new OrdersApi(client);
    OrderDraftLine line = new OrderDraftLine().productId(productId).quantity(1);
    OrderDraft draft = new OrderDraft().items(List.of(line));
    PlacedOrder placed = orders.placeOrder(draft, null, "wait=30", null);
    sure(placed.getTotalPrice() == 3_000_000_000L, "the order is placed", placed);
    OrderWithHistory order = orders.readOrder(placed.getOrderId(), null);
    sure(order.getOrderStatus().getValue().equals("SUCCESS"), "the order is read", order);

    try {
      orders.placeOrder(draft.items(List.of(line.quantity(1_000))), null, "wait=30", null);
      throw new IllegalStateException("too many are sold");
    } catch (ApiException refused) {
      sure(refused.getCode() == 409, "too many are refused", refused.getMessage());
      OutOfStockProblem problem = client.getJSON().deserialize(refused.getResponseBody(), OutOfStockProblem.class);
      sure(problem.getCode().getValue().equals("OUT_OF_STOCK"), "the code is told", problem);
    }

    sure(orders.listOrders(null, null, null, null, null, null, null).size() == 2, "the orders are listed");
    List<WalletTransaction> history = balances.listTransactions(null, null, null, null, null, null, null);
    sure(history.size() == 2 && history.get(1).getAmount() == AMOUNT, "the ledger is listed", history);
    products.readTopProducts(null, null, null);
    CouponsApi coupons = new CouponsApi(client);
    coupons.listCoupons(null, null, null);
    coupons.listMyCoupons(null, null, null, null, null);
    new CartApi(client).readCart(null);

    OffsetDateTime hourAgo = OffsetDateTime.now(ZoneOffset.ofHours(9)).minusHours(1).truncatedTo(ChronoUnit.SECONDS);
    sure(orders.listOrders(null, null, null, null, hourAgo, null, null).size() == 2, "a time with an offset is taken in a query");
    sure(orders.listOrders(null, null, null, null, null, hourAgo, null).isEmpty(), "and is the moment that it says");
    client.setBearerToken(System.getenv("OPERATOR_TOKEN"));
    CouponDraft terms = new CouponDraft().name("Tea").discountType(CouponDraft.DiscountTypeEnum.FIXED).discountValue(1L)
        .totalQuantity(1).issueStartsAt(hourAgo);
    Coupon coupon = coupons.createCoupon(terms, null, null);
    sure(coupon.getIssueStartsAt().isEqual(hourAgo), "and in a body", coupon);
    sure(new HealthApi(client).readReadiness(null).getStatus().getValue().equals("ok"), "it is ready");
  }
}
