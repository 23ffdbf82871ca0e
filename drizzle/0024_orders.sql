CREATE TABLE "polar"."order_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"order_id" uuid,
	"label" text,
	"amount" bigint,
	"tax_amount" bigint,
	"proration" boolean,
	"product_price_id" uuid,
	"start_timestamp" timestamp with time zone,
	"end_timestamp" timestamp with time zone,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"status" text,
	"paid" boolean,
	"billing_reason" text,
	"subtotal_amount" bigint,
	"discount_amount" bigint,
	"net_amount" bigint,
	"tax_amount" bigint,
	"total_amount" bigint,
	"applied_balance_amount" bigint,
	"due_amount" bigint,
	"refunded_amount" bigint,
	"refunded_tax_amount" bigint,
	"refundable_amount" bigint,
	"refundable_tax_amount" bigint,
	"platform_fee_amount" bigint,
	"platform_fee_currency" text,
	"currency" text,
	"description" text,
	"invoice_number" text,
	"is_invoice_generated" boolean,
	"receipt_number" text,
	"seats" integer,
	"units" integer,
	"next_payment_attempt_at" timestamp with time zone,
	"customer_id" uuid,
	"product_id" uuid,
	"discount_id" uuid,
	"subscription_id" uuid,
	"checkout_id" uuid,
	"billing_name" text,
	"billing_address" jsonb,
	"metadata" jsonb,
	"custom_field_data" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "polar"."order_items" ADD CONSTRAINT "order_items_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "polar"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."orders" ADD CONSTRAINT "orders_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "polar"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."orders" ADD CONSTRAINT "orders_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."orders" ADD CONSTRAINT "orders_discount_id_discounts_id_fk" FOREIGN KEY ("discount_id") REFERENCES "polar"."discounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_items_order_id_index" ON "polar"."order_items" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "order_items_product_price_id_index" ON "polar"."order_items" USING btree ("product_price_id");--> statement-breakpoint
CREATE INDEX "orders_created_at_index" ON "polar"."orders" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "orders_status_index" ON "polar"."orders" USING btree ("status");--> statement-breakpoint
CREATE INDEX "orders_checkout_id_index" ON "polar"."orders" USING btree ("checkout_id");--> statement-breakpoint
CREATE INDEX "orders_customer_id_index" ON "polar"."orders" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "orders_subscription_id_index" ON "polar"."orders" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "orders_product_id_index" ON "polar"."orders" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "orders_discount_id_index" ON "polar"."orders" USING btree ("discount_id");--> statement-breakpoint
CREATE INDEX "orders_organization_id_index" ON "polar"."orders" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."order_items" IS 'Lines of orders. Amounts are in minor units of the order’s currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."order_id" IS 'Order that it is a line of';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."label" IS 'Text on the invoice, such as the product’s name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."amount" IS 'Price before discount and tax; below zero for credit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."tax_amount" IS 'Tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."proration" IS 'Whether it charges or credits the rest of a period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."product_price_id" IS 'Price charged, which may be archived or made for one session; null for credit and trials';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."start_timestamp" IS 'Start of the period it is for; null for one-time products and older lines';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."end_timestamp" IS 'End of the period it is for; null for one-time products and older lines';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."orders" IS 'Orders: one for each purchase, renewal and change of a subscription, free ones included. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."modified_at" IS 'When Polar last changed it, also in fields that it does not show; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."status" IS 'draft, pending, paid, refunded, partially_refunded or void; pending while payments are retried, for three weeks';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."paid" IS 'Whether it was paid for; refunded ones were';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."billing_reason" IS 'purchase, subscription_create, subscription_cycle, subscription_update or subscription_meter_cycle';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."subtotal_amount" IS 'Price before discount and tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."discount_amount" IS 'What the discount took off';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."net_amount" IS 'After discount and before tax: what Polar counts as revenue';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."tax_amount" IS 'Tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."total_amount" IS 'net_amount plus tax_amount';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."applied_balance_amount" IS 'Customer’s balance applied; below zero for credit that was used';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."due_amount" IS 'What is left to pay: total_amount plus applied_balance_amount, at least 0';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."refunded_amount" IS 'Refunded so far, without tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."refunded_tax_amount" IS 'Tax refunded so far';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."refundable_amount" IS 'What can still be refunded, without tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."refundable_tax_amount" IS 'Tax that would be refunded with refundable_amount';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."platform_fee_amount" IS 'Polar’s fee, that of the payment included; 0 until a moment after the payment';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."platform_fee_currency" IS 'Currency of platform_fee_amount; null until that is known';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."currency" IS 'ISO 4217 in lower case; jpy and krw have no minor digits, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."description" IS 'What was sold, such as the product’s name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."invoice_number" IS 'Number of the invoice; null while it is a draft';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."is_invoice_generated" IS 'Whether the invoice’s file exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."receipt_number" IS 'Number of the receipt, where the organization sends receipts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."seats" IS 'Number of seats, for one-time products sold by seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."units" IS 'Number of units, for products sold by units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."next_payment_attempt_at" IS 'When the payment is tried again; Polar sends no webhook for the later attempts, and null after the last one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."customer_id" IS 'Customer at Polar (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."product_id" IS 'Product sold; null where none was named';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."discount_id" IS 'Discount applied';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."subscription_id" IS 'Subscription that it is for; null for one-time products';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."checkout_id" IS 'Checkout session that it came from; null for renewals';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."billing_name" IS 'Name on the invoice; kept by Polar when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."billing_address" IS 'country, line1, line2, postal_code, city, state; kept by Polar when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."metadata" IS 'Key-value pairs of the session, or set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."custom_field_data" IS 'Answers to the product’s custom fields, by slug (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."organization_id" IS 'Organization of its customer: an order names none itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
