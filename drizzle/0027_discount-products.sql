CREATE TABLE "polar"."discount_products" (
	"account" text NOT NULL,
	"discount_id" uuid,
	"product_id" uuid,
	"position" integer NOT NULL,
	CONSTRAINT "discount_products_discount_id_product_id_pk" PRIMARY KEY("discount_id","product_id")
);
--> statement-breakpoint
ALTER TABLE "history"."discounts" ADD COLUMN "products" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "history"."discounts" ALTER COLUMN "products" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."discount_products" ADD CONSTRAINT "discount_products_discount_id_discounts_id_fk" FOREIGN KEY ("discount_id") REFERENCES "polar"."discounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."discount_products" ADD CONSTRAINT "discount_products_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "discount_products_product_id_index" ON "polar"."discount_products" USING btree ("product_id");--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."products" IS 'Its products, each with its position';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."visibility" IS 'public, private or draft; links and sessions nest public ones only, without it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."visibility_configurable" IS 'Whether the visibility can be changed; links and sessions do not show it';--> statement-breakpoint
COMMENT ON TABLE "polar"."discount_products" IS 'Which products a discount is limited to; none where it is for all';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discount_products"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discount_products"."discount_id" IS 'The discount';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discount_products"."product_id" IS 'The product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discount_products"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."discounts" IS 'Discounts: those that links preset and sessions apply, and where the token may read them all others';
