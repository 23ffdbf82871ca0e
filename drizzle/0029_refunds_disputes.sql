CREATE TABLE "polar"."disputes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"status" text,
	"resolved" boolean,
	"closed" boolean,
	"amount" bigint,
	"tax_amount" bigint,
	"currency" text,
	"reason" text,
	"evidence_due_by" timestamp with time zone,
	"past_due" boolean,
	"order_id" uuid,
	"payment_id" uuid,
	"customer_id" uuid,
	"case_id" text,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "polar"."refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"status" text,
	"reason" text,
	"amount" bigint,
	"tax_amount" bigint,
	"currency" text,
	"order_id" uuid,
	"subscription_id" uuid,
	"customer_id" uuid,
	"dispute_id" uuid,
	"revoke_benefits" boolean,
	"metadata" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "polar"."refunds" ADD CONSTRAINT "refunds_dispute_id_disputes_id_fk" FOREIGN KEY ("dispute_id") REFERENCES "polar"."disputes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "disputes_created_at_index" ON "polar"."disputes" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "disputes_status_index" ON "polar"."disputes" USING btree ("status");--> statement-breakpoint
CREATE INDEX "disputes_order_id_index" ON "polar"."disputes" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "disputes_payment_id_index" ON "polar"."disputes" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "disputes_customer_id_index" ON "polar"."disputes" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "disputes_organization_id_index" ON "polar"."disputes" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "refunds_created_at_index" ON "polar"."refunds" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "refunds_order_id_index" ON "polar"."refunds" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "refunds_subscription_id_index" ON "polar"."refunds" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "refunds_customer_id_index" ON "polar"."refunds" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "refunds_dispute_id_index" ON "polar"."refunds" USING btree ("dispute_id");--> statement-breakpoint
CREATE INDEX "refunds_organization_id_index" ON "polar"."refunds" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."disputes" IS 'Disputes: customers who asked their bank for the money back. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."status" IS 'prevented, early_warning, needs_response, under_review, lost or won';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."resolved" IS 'Whether it is decided';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."closed" IS 'Whether nothing more can be done';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."amount" IS 'Amount in dispute, without tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."tax_amount" IS 'Tax in dispute';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."reason" IS 'What the customer told the bank, such as fraudulent or product_not_received';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."evidence_due_by" IS 'Until when evidence may be given';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."past_due" IS 'Whether that has passed';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."order_id" IS 'Order that it is about';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."payment_id" IS 'Payment that it is about';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."customer_id" IS 'Customer of the order (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."case_id" IS 'Case at the service that warns of disputes; refunds do not show it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."organization_id" IS 'Organization of its customer: a dispute names none itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."refunds" IS 'Refunds of orders, in part or in full. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."status" IS 'pending, succeeded, failed or canceled; only succeeded ones count, and one that succeeded may still fail';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."reason" IS 'duplicate, fraudulent, customer_request, service_disruption, satisfaction_guarantee, dispute_prevention or other';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."amount" IS 'Amount without tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."tax_amount" IS 'Tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."order_id" IS 'Order that is refunded';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."subscription_id" IS 'Subscription of the order';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."customer_id" IS 'Customer of the order (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."dispute_id" IS 'Dispute that it prevents or follows';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."revoke_benefits" IS 'Whether the customer loses the benefits';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
