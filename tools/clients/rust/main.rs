//! A customer's way through the shop, by the client that was generated from the document and nothing else.
use jangteo::apis::{self, configuration::Configuration, Error};
use jangteo::models::{coupon_draft::DiscountType, Charging, CouponDraft, Credentials, OrderDraft, OrderDraftLine, Registration};

const AMOUNT: i64 = 4_000_000_000;

#[tokio::main]
async fn main() {
    let mut shop = Configuration::new();
    shop.base_path = std::env::var("SHOP_URL").unwrap();
    let email = format!("rust-{}@example.com", uuid::Uuid::new_v4());
    let password = "correct horse battery".to_string();

    let registration = Registration::new(email.clone(), password.clone(), "Mina".to_string());
    apis::accounts_api::register(&shop, registration, None, None).await.unwrap();
    let credentials = Credentials::new(email.clone(), password);
    let granted = apis::accounts_api::login(&shop, credentials, None).await.unwrap();
    shop.bearer_access_token = Some(granted.access_token);

    let charging = Charging::new(AMOUNT);
    let charge = apis::balance_api::charge_balance(&shop, charging, Some(&email), None).await.unwrap();
    assert_eq!(charge.current_balance, AMOUNT);
    let balance = apis::balance_api::read_balance(&shop, None, None).await.unwrap();
    assert_eq!(balance.current_balance, AMOUNT);

    let product_id: uuid::Uuid = std::env::var("PRODUCT_ID").unwrap().parse().unwrap();
    let products = apis::products_api::list_products(&shop, Some(100), None, None, None, None, None, None, None, None, None).await.unwrap();
    let product = products.iter().find(|one| one.product_id == product_id).unwrap();
    assert_eq!(product.price, 3_000_000_000);

    let draft = |quantity: i32| OrderDraft {
        items: Some(vec![OrderDraftLine::new(product_id, quantity)]),
        ..OrderDraft::new()
    };
    let place = |draft: OrderDraft| apis::orders_api::place_order(&shop, draft, None, Some("wait=30"), None);
    let placed = place(draft(1)).await.unwrap();
    assert_eq!(placed.total_price, 3_000_000_000);
    let order = apis::orders_api::read_order(&shop, &placed.order_id.to_string(), None).await.unwrap();
    assert!(order.history.len() > 1);

    match place(draft(1_000)).await {
        Err(Error::ResponseError(refused)) => {
            assert_eq!(refused.status.as_u16(), 409);
            assert!(refused.content.contains("OUT_OF_STOCK"));
            assert!(refused.entity.is_some());
        }
        other => panic!("too many are not refused: {:?}", other.is_ok()),
    }

    assert_eq!(apis::orders_api::list_orders(&shop, None, None, None, None, None, None, None).await.unwrap().len(), 2);
    let history = apis::balance_api::list_transactions(&shop, None, None, None, None, None, None, None).await.unwrap();
    assert_eq!((history.len(), history[1].amount), (2, AMOUNT));
    apis::products_api::read_top_products(&shop, None, None, None).await.unwrap();
    apis::coupons_api::list_coupons(&shop, None, None, None).await.unwrap();
    apis::coupons_api::list_my_coupons(&shop, None, None, None, None, None).await.unwrap();
    apis::cart_api::read_cart(&shop, None).await.unwrap();

    let new_year = || Some("2026-01-01T00:00:00+09:00".to_string());
    let since = apis::orders_api::list_orders(&shop, None, None, None, None, new_year(), None, None).await.unwrap();
    let before = apis::orders_api::list_orders(&shop, None, None, None, None, None, new_year(), None).await.unwrap();
    assert_eq!((since.len(), before.len()), (2, 0));
    apis::health_api::read_readiness(&shop, None).await.unwrap();

    shop.bearer_access_token = Some(std::env::var("OPERATOR_TOKEN").unwrap());
    let terms = CouponDraft { issue_starts_at: new_year(), ..CouponDraft::new("Tea".to_string(), DiscountType::Fixed, 1, 1) };
    let coupon = apis::coupons_api::create_coupon(&shop, terms, None, None).await.unwrap();
    assert_eq!(coupon.issue_starts_at.as_deref(), Some("2025-12-31T15:00:00.000Z"));
}
