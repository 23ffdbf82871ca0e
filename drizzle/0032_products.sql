CREATE TABLE "polar"."product_custom_fields" (
	"account" text NOT NULL,
	"product_id" uuid,
	"custom_field_id" uuid,
	"position" integer NOT NULL,
	"required" boolean,
	CONSTRAINT "product_custom_fields_product_id_custom_field_id_pk" PRIMARY KEY("product_id","custom_field_id")
);
--> statement-breakpoint
ALTER TABLE "history"."products" ADD COLUMN "is_deletable" boolean;--> statement-breakpoint
ALTER TABLE "history"."products" ADD COLUMN "attached_custom_fields" jsonb DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "history"."products" ALTER COLUMN "attached_custom_fields" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "polar"."products" ADD COLUMN "is_deletable" boolean;--> statement-breakpoint
ALTER TABLE "polar"."product_custom_fields" ADD CONSTRAINT "product_custom_fields_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "polar"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."product_custom_fields" ADD CONSTRAINT "product_custom_fields_custom_field_id_custom_fields_id_fk" FOREIGN KEY ("custom_field_id") REFERENCES "polar"."custom_fields"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "product_custom_fields_custom_field_id_index" ON "polar"."product_custom_fields" USING btree ("custom_field_id");--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."is_deletable" IS 'Whether it may be deleted, as it was never sold; the first sale changes it without a webhook';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."attached_custom_fields" IS 'Its attached_custom_fields, each with its position';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_benefits" IS 'Which benefits a product grants; private ones where the product’s own list or webhook showed them';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_custom_fields" IS 'Which custom fields a product asks for; links and sessions do not nest them with it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."product_id" IS 'The product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."custom_field_id" IS 'The custom field';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."required" IS 'Whether it must be filled in';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."is_deletable" IS 'Whether it may be deleted, as it was never sold; the first sale changes it without a webhook';
