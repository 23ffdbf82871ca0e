CREATE TABLE "polar"."events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"timestamp" timestamp with time zone,
	"name" text,
	"source" text,
	"label" text,
	"customer_id" uuid,
	"external_customer_id" text,
	"member_id" uuid,
	"external_member_id" text,
	"parent_id" uuid,
	"child_count" integer,
	"metadata" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS ("timestamp") STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "polar"."events" ADD CONSTRAINT "events_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "polar"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_timestamp_index" ON "polar"."events" USING btree ("timestamp");--> statement-breakpoint
CREATE INDEX "events_name_timestamp_index" ON "polar"."events" USING btree ("name","timestamp");--> statement-breakpoint
CREATE INDEX "events_customer_id_index" ON "polar"."events" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "events_organization_id_index" ON "polar"."events" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."events" IS 'What Polar noted of orders, refunds, disputes and subscriptions, with the rates and fees of its own revenue figures; the events of usage are not stored';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."timestamp" IS 'When it happened; events of an order have its created_at, and come once it is paid';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."name" IS 'order.paid, balance.order, balance.refund, balance.dispute, subscription.created and such';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."source" IS 'system';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."label" IS 'The name for people';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."customer_id" IS 'Customer at Polar (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."external_customer_id" IS 'Customer in the merchant’s own system (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."member_id" IS 'Member of the customer’s team (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."external_member_id" IS 'Member in the merchant’s own system (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."parent_id" IS 'Event that it is a part of';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."child_count" IS 'Number of events that are a part of it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."metadata" IS 'What the event is about, such as order_id, amount and fee in minor units, exchange_rate, and tax_country (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."version_at" IS 'Which state this is: timestamp, as an event does not change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
