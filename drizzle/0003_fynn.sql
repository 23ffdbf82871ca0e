CREATE SCHEMA IF NOT EXISTS "fynn";
--> statement-breakpoint
CREATE TABLE "fynn"."checkout_link_items" (
	"id" text PRIMARY KEY NOT NULL,
	"checkout_link_id" text,
	"position" integer,
	"item_id" text,
	"type" text,
	"quantity" integer,
	"product_id" text,
	"plan_id" text,
	"price_plan_id" text,
	"periods" jsonb,
	"version_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fynn"."checkout_links" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text,
	"is_enabled" boolean,
	"options" jsonb,
	"after_checkout" jsonb,
	"version_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fynn"."plans" (
	"id" text PRIMARY KEY NOT NULL,
	"family" jsonb,
	"code" text,
	"origin_product_id" text,
	"allow_checkout" boolean,
	"status" text,
	"created_at" timestamp with time zone,
	"name" text,
	"description" text,
	"version_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fynn"."price_plan_checkout_links" (
	"price_plan_id" text NOT NULL,
	"checkout_link_id" text NOT NULL,
	CONSTRAINT "price_plan_checkout_links_price_plan_id_checkout_link_id_pk" PRIMARY KEY("price_plan_id","checkout_link_id")
);
--> statement-breakpoint
CREATE TABLE "fynn"."price_plans" (
	"id" text PRIMARY KEY NOT NULL,
	"internal_name" text,
	"status" text,
	"sales_channel" jsonb,
	"type" text,
	"apply_trial" boolean,
	"pay_in_advance" boolean,
	"pro_rata" boolean,
	"free_units" numeric(30, 10),
	"billing_interval" text,
	"show_price_per_interval" text,
	"currency_code" text,
	"amount" bigint,
	"price" jsonb,
	"tiers" jsonb,
	"custom" boolean,
	"charge" text,
	"product_set_option" text,
	"product" jsonb,
	"customer" jsonb,
	"in_use" boolean,
	"version_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fynn"."products" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"description" text,
	"type" text,
	"invoice_visibility" text,
	"custom_fields" jsonb,
	"version_at" timestamp with time zone,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "fynn"."checkout_link_items" ADD CONSTRAINT "checkout_link_items_checkout_link_id_checkout_links_id_fk" FOREIGN KEY ("checkout_link_id") REFERENCES "fynn"."checkout_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fynn"."checkout_link_items" ADD CONSTRAINT "checkout_link_items_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "fynn"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fynn"."checkout_link_items" ADD CONSTRAINT "checkout_link_items_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "fynn"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fynn"."checkout_link_items" ADD CONSTRAINT "checkout_link_items_price_plan_id_price_plans_id_fk" FOREIGN KEY ("price_plan_id") REFERENCES "fynn"."price_plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fynn"."plans" ADD CONSTRAINT "plans_origin_product_id_products_id_fk" FOREIGN KEY ("origin_product_id") REFERENCES "fynn"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fynn"."price_plan_checkout_links" ADD CONSTRAINT "price_plan_checkout_links_price_plan_id_price_plans_id_fk" FOREIGN KEY ("price_plan_id") REFERENCES "fynn"."price_plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "checkout_link_items_checkout_link_id_position_index" ON "fynn"."checkout_link_items" USING btree ("checkout_link_id","position");--> statement-breakpoint
CREATE INDEX "checkout_link_items_item_id_index" ON "fynn"."checkout_link_items" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "checkout_link_items_product_id_index" ON "fynn"."checkout_link_items" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "checkout_link_items_plan_id_index" ON "fynn"."checkout_link_items" USING btree ("plan_id");--> statement-breakpoint
CREATE INDEX "checkout_link_items_price_plan_id_index" ON "fynn"."checkout_link_items" USING btree ("price_plan_id");--> statement-breakpoint
CREATE INDEX "checkout_links_slug_index" ON "fynn"."checkout_links" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "plans_origin_product_id_index" ON "fynn"."plans" USING btree ("origin_product_id");--> statement-breakpoint
CREATE INDEX "price_plan_checkout_links_checkout_link_id_index" ON "fynn"."price_plan_checkout_links" USING btree ("checkout_link_id");--> statement-breakpoint
COMMENT ON SCHEMA "fynn" IS 'Checkout links of Fynn, their items and prices, as its API shows them';--> statement-breakpoint
COMMENT ON TABLE "fynn"."checkout_link_items" IS 'What a checkout link sells';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."id" IS 'The item’s id where Fynn tells it, else link and position: 7c…/0';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."checkout_link_id" IS 'Link it belongs to; null when it was pulled by its own id and no link is known to have it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."item_id" IS 'Identifier at the source, where one arrived';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."type" IS 'product (with a quantity) or plan (configured by the customer)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."quantity" IS 'For products';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."product_id" IS 'Product, where the type is product';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."plan_id" IS 'Plan, where the type is plan';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."price_plan_id" IS 'Price';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."periods" IS 'Contract and cancellation periods; without any a contract lasts for the billing period';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "fynn"."checkout_links" IS 'Checkout links of Fynn';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."slug" IS 'Last part of the link’s address';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."is_enabled" IS 'Whether customers can use it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."options" IS 'Trial days, coupons, quantities, companies only';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."after_checkout" IS 'What the customer sees afterwards: a redirect or a message';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "fynn"."plans" IS 'Plans that customers subscribe to, as items of checkout links nest them';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."family" IS 'Family of plans it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."code" IS 'Code given by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."origin_product_id" IS 'Product it was made of';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."allow_checkout" IS 'Whether it can be bought through a checkout';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."status" IS 'draft, …';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."name" IS 'Name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."description" IS 'Description';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "fynn"."price_plan_checkout_links" IS 'Checkout links that a price says it is used by';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plan_checkout_links"."price_plan_id" IS 'Price';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plan_checkout_links"."checkout_link_id" IS 'Checkout link; its row may come later, or never';--> statement-breakpoint
COMMENT ON TABLE "fynn"."price_plans" IS 'Prices (price plans)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."internal_name" IS 'Name that customers do not see';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."status" IS 'active or archived; archived ones are in no list';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."sales_channel" IS 'Sales channel it is restricted to';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."type" IS 'flat_fee, per_unit, tiered, volume, stair_step, percentage, …';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."apply_trial" IS 'Whether a trial applies to it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."pay_in_advance" IS 'Whether it is paid in advance';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."pro_rata" IS 'Whether a part of an interval is paid as a part';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."free_units" IS 'Units that cost nothing';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."billing_interval" IS 'Interval, such as 1M or 1Y: an ISO 8601 duration without its P, kept as text because 1M would be ambiguous';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."show_price_per_interval" IS 'Interval that the price is shown for';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."currency_code" IS 'ISO 4217';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."amount" IS 'The integer of the API as it is. Fynn does not document its unit; minor units of the currency are likely';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."price" IS 'The amount with its dates and tenant, as the API has it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."tiers" IS 'Tiers of tiered, volume and stair_step prices, which amount alone does not tell';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."custom" IS 'Whether it was made for one customer';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."charge" IS 'Charge it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."product_set_option" IS 'Option of a product set';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."product" IS 'Product: an id, an IRI or an object, as the API has it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."customer" IS 'Customer: an id, an IRI or an object, as the API has it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."in_use" IS 'Whether something uses it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "fynn"."products" IS 'Products, as items and plans of checkout links nest them';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."name" IS 'Name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."description" IS 'Description';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."type" IS 'product, …';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."invoice_visibility" IS 'always, …: when it is shown on invoices';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."custom_fields" IS 'Fields of the merchant’s own';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';
