CREATE TABLE "polar"."customers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"external_id" text,
	"email" text,
	"email_verified" boolean,
	"type" text,
	"name" text,
	"billing_name" text,
	"billing_address" jsonb,
	"tax_id" jsonb,
	"locale" text,
	"avatar_url" text,
	"default_payment_method_id" uuid,
	"first_user_event_at" timestamp with time zone,
	"polar_deleted_at" timestamp with time zone,
	"metadata" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "customers_organization_id_index" ON "polar"."customers" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "customers_created_at_index" ON "polar"."customers" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "customers_email_index" ON "polar"."customers" USING btree ("email");--> statement-breakpoint
CREATE INDEX "customers_external_id_index" ON "polar"."customers" USING btree ("external_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."customers" IS 'Customers: made at the first attempt to pay, or by the merchant’s code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."id" IS 'Identifier at the source (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."external_id" IS 'Customer in the merchant’s own system; kept by Polar when it deletes the customer (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."email" IS 'E-mail address; replaced when the customer is anonymized, null for some teams (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."email_verified" IS 'Whether the customer has proved to own the e-mail address';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."type" IS 'individual or team';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."name" IS 'Name; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."billing_name" IS 'Name on the invoice (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."billing_address" IS 'country, line1, line2, postal_code, city, state; null once the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."tax_id" IS 'Tax number and its format, such as eu_vat (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."locale" IS 'Language, such as en or fr-CA';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."avatar_url" IS 'Picture: for most a Gravatar address, which holds a hash of the e-mail address (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."default_payment_method_id" IS 'Payment method charged by default';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."first_user_event_at" IS 'When the first event about the customer was ingested';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."polar_deleted_at" IS 'deleted_at, as the API calls it: when Polar deleted it, as seen in webhooks and nested copies';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
