CREATE TABLE "polar"."benefit_grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"is_granted" boolean,
	"granted_at" timestamp with time zone,
	"is_revoked" boolean,
	"revoked_at" timestamp with time zone,
	"customer_id" uuid,
	"benefit_id" uuid,
	"subscription_id" uuid,
	"order_id" uuid,
	"member_id" uuid,
	"member" jsonb,
	"error" jsonb,
	"properties" jsonb,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "polar"."benefit_grants" ADD CONSTRAINT "benefit_grants_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "polar"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."benefit_grants" ADD CONSTRAINT "benefit_grants_benefit_id_benefits_id_fk" FOREIGN KEY ("benefit_id") REFERENCES "polar"."benefits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "benefit_grants_created_at_index" ON "polar"."benefit_grants" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "benefit_grants_customer_id_index" ON "polar"."benefit_grants" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "benefit_grants_benefit_id_index" ON "polar"."benefit_grants" USING btree ("benefit_id");--> statement-breakpoint
CREATE INDEX "benefit_grants_subscription_id_index" ON "polar"."benefit_grants" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "benefit_grants_order_id_index" ON "polar"."benefit_grants" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "benefit_grants_organization_id_index" ON "polar"."benefit_grants" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."benefit_grants" IS 'Which customers were granted which benefits; one that is granted again stays the same row';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."is_granted" IS 'Whether the customer has the benefit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."granted_at" IS 'When it was granted last';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."is_revoked" IS 'Whether it was taken away';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."revoked_at" IS 'When it was taken away; null while it is granted';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."customer_id" IS 'Customer at Polar (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."benefit_id" IS 'Benefit granted';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."subscription_id" IS 'Subscription that grants it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."order_id" IS 'Order that grants it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."member_id" IS 'Member of the customer’s team that has it (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."member" IS 'The member: e-mail address, name and role (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."error" IS 'Why it could not be granted: message, type and timestamp (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."properties" IS 'What was granted, by the benefit’s type, such as the display_key of a licence or an account at Discord; without keys and invitations (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."organization_id" IS 'Organization of its customer: a grant names none itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
