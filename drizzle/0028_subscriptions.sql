CREATE TABLE "polar"."meters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"name" text,
	"unit" text,
	"custom_label" text,
	"custom_multiplier" integer,
	"filter" jsonb,
	"aggregation" jsonb,
	"archived_at" timestamp with time zone,
	"metadata" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."subscription_meters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"subscription_id" uuid,
	"meter_id" uuid,
	"consumed_units" numeric,
	"credited_units" bigint,
	"amount" bigint,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."subscription_prices" (
	"account" text NOT NULL,
	"subscription_id" uuid,
	"product_price_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "subscription_prices_subscription_id_product_price_id_pk" PRIMARY KEY("subscription_id","product_price_id")
);
--> statement-breakpoint
CREATE TABLE "polar"."subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"status" text,
	"amount" bigint,
	"currency" text,
	"recurring_interval" text,
	"recurring_interval_count" integer,
	"started_at" timestamp with time zone,
	"current_period_start" timestamp with time zone,
	"current_period_end" timestamp with time zone,
	"current_meter_period_start" timestamp with time zone,
	"current_meter_period_end" timestamp with time zone,
	"trial_start" timestamp with time zone,
	"trial_end" timestamp with time zone,
	"cancel_at_period_end" boolean,
	"canceled_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"past_due_at" timestamp with time zone,
	"pause_at_period_end" boolean,
	"paused_at" timestamp with time zone,
	"resumes_at" timestamp with time zone,
	"customer_cancellation_reason" text,
	"customer_cancellation_comment" text,
	"seats" integer,
	"units" integer,
	"customer_id" uuid,
	"product_id" uuid,
	"discount_id" uuid,
	"checkout_id" uuid,
	"pending_update_id" uuid,
	"pending_update_created_at" timestamp with time zone,
	"pending_update_modified_at" timestamp with time zone,
	"pending_update_applies_at" timestamp with time zone,
	"pending_update_product_id" uuid,
	"pending_update_seats" integer,
	"pending_update_units" integer,
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
ALTER TABLE "polar"."subscription_meters" ADD CONSTRAINT "subscription_meters_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "polar"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."subscription_meters" ADD CONSTRAINT "subscription_meters_meter_id_meters_id_fk" FOREIGN KEY ("meter_id") REFERENCES "polar"."meters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."subscription_prices" ADD CONSTRAINT "subscription_prices_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "polar"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."subscription_prices" ADD CONSTRAINT "subscription_prices_product_price_id_product_prices_id_fk" FOREIGN KEY ("product_price_id") REFERENCES "polar"."product_prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "meters_organization_id_index" ON "polar"."meters" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "subscription_meters_subscription_id_index" ON "polar"."subscription_meters" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "subscription_meters_meter_id_index" ON "polar"."subscription_meters" USING btree ("meter_id");--> statement-breakpoint
CREATE INDEX "subscription_prices_product_price_id_index" ON "polar"."subscription_prices" USING btree ("product_price_id");--> statement-breakpoint
CREATE INDEX "subscriptions_created_at_index" ON "polar"."subscriptions" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "subscriptions_started_at_index" ON "polar"."subscriptions" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "subscriptions_status_index" ON "polar"."subscriptions" USING btree ("status");--> statement-breakpoint
CREATE INDEX "subscriptions_customer_id_index" ON "polar"."subscriptions" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "subscriptions_product_id_index" ON "polar"."subscriptions" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "subscriptions_discount_id_index" ON "polar"."subscriptions" USING btree ("discount_id");--> statement-breakpoint
CREATE INDEX "subscriptions_checkout_id_index" ON "polar"."subscriptions" USING btree ("checkout_id");--> statement-breakpoint
CREATE INDEX "subscriptions_organization_id_index" ON "polar"."subscriptions" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."meters" IS 'Meters, which count events for prices by usage';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."name" IS 'Name, shown on invoices';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."unit" IS 'scalar, token or custom';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."custom_label" IS 'Name of a custom unit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."custom_multiplier" IS 'How many counted units make one custom unit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."filter" IS 'Which events count: conjunction and clauses';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."aggregation" IS 'How events are counted: func (count, sum, max, min, avg, unique) and property';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."archived_at" IS 'When it was archived; Polar deletes none';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."subscription_meters" IS 'What a subscription has used of each meter in its period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."subscription_id" IS 'The subscription';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."meter_id" IS 'The meter';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."consumed_units" IS 'Units used in the period so far';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."credited_units" IS 'Units included in the period, such as by a benefit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."amount" IS 'What the usage costs so far, in minor units of the subscription’s currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."subscription_prices" IS 'Which prices a subscription is charged by: those of its product when it was sold, which may be archived by now, or made for it alone';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_prices"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_prices"."subscription_id" IS 'The subscription';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_prices"."product_price_id" IS 'The price';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_prices"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."subscriptions" IS 'Subscriptions, those that ended included. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."status" IS 'incomplete, incomplete_expired, trialing, active, past_due (payments are retried), unpaid, paused or canceled (ended)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."amount" IS 'What a period costs: its prices less the discount, without metered usage';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."currency" IS 'ISO 4217 in lower case; jpy and krw have no minor digits, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."recurring_interval" IS 'day, week, month or year';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."recurring_interval_count" IS 'Number of recurring_interval between charges';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."started_at" IS 'When it began; null until then: Polar lists it from then on only, and webhooks show it before';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_period_start" IS 'Start of the period paid for';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_period_end" IS 'End of the period paid for';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_meter_period_start" IS 'Start of the period that usage is charged for, where that is another one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_meter_period_end" IS 'End of the period that usage is charged for, where that is another one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."trial_start" IS 'Start of the trial';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."trial_end" IS 'End of the trial';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."cancel_at_period_end" IS 'Whether it ends with the period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."canceled_at" IS 'When it was canceled, which may be before its end; null again once that was undone';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."ends_at" IS 'When it will end, or ended';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."ended_at" IS 'When it ended; null while it goes on';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."past_due_at" IS 'When the payment failed first; null unless it is past_due';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pause_at_period_end" IS 'Whether it is paused at the end of the period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."paused_at" IS 'When it was paused';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."resumes_at" IS 'When a paused one resumes by itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."customer_cancellation_reason" IS 'customer_service, low_quality, missing_features, switched_service, too_complex, too_expensive, unused or other';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."customer_cancellation_comment" IS 'What the customer wrote when canceling (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."seats" IS 'Number of seats, for products sold by seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."units" IS 'Number of units, for products sold by units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."customer_id" IS 'Customer at Polar (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."product_id" IS 'Product subscribed to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."discount_id" IS 'Discount applied';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."checkout_id" IS 'Checkout session that it came from; null for those that the merchant’s code made';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_id" IS 'Change at the next period, if one is pending';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_created_at" IS 'When the pending change was asked for';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_modified_at" IS 'When the pending change was last changed';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_applies_at" IS 'When the pending change takes effect';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_product_id" IS 'Product from then on; null where it stays';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_seats" IS 'Number of seats from then on; null where it stays';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_units" IS 'Number of units from then on; null where it stays';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."metadata" IS 'Key-value pairs of the session, or set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."custom_field_data" IS 'Answers to the product’s custom fields, by slug (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."organization_id" IS 'Organization of its customer: a subscription names none itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
