CREATE TABLE "polar"."payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"processor" text,
	"status" text,
	"amount" bigint,
	"currency" text,
	"method" text,
	"method_metadata" jsonb,
	"trigger" text,
	"decline_reason" text,
	"decline_message" text,
	"checkout_id" uuid,
	"order_id" uuid,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "payments_created_at_index" ON "polar"."payments" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "payments_status_index" ON "polar"."payments" USING btree ("status");--> statement-breakpoint
CREATE INDEX "payments_checkout_id_index" ON "polar"."payments" USING btree ("checkout_id");--> statement-breakpoint
CREATE INDEX "payments_order_id_index" ON "polar"."payments" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "payments_organization_id_index" ON "polar"."payments" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."payments" IS 'Attempts to pay, failed ones included: the only place that says why a session or a renewal was not paid. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."processor" IS 'stripe';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."status" IS 'pending, succeeded or failed';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."amount" IS 'What is charged, with tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."method" IS 'card, kr_card, link, sepa_debit, …; wallets pay by card';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."method_metadata" IS 'For cards the brand; the last digits are not stored, as a payment does not say whose they are (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."trigger" IS 'purchase, subscription_cycle, retry_dunning, retry_customer, retry_payment_method_update or retry_admin; null for older ones';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."decline_reason" IS 'Why it failed, such as insufficient_funds or card_declined';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."decline_message" IS 'The same as a sentence';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."checkout_id" IS 'Checkout session that was to be paid';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."order_id" IS 'Order that was to be paid; for a session’s first order once it succeeded';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
