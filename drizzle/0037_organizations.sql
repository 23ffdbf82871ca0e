CREATE TABLE "polar"."organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"name" text,
	"slug" text,
	"status" text,
	"avatar_url" text,
	"email" text,
	"website" text,
	"socials" jsonb,
	"country" text,
	"default_presentment_currency" text,
	"default_tax_behavior" text,
	"proration_behavior" text,
	"allow_customer_updates" boolean,
	"details_submitted_at" timestamp with time zone,
	"onboarding_resubmission_requested_at" timestamp with time zone,
	"sso_enforced" boolean,
	"feature_settings" jsonb,
	"subscription_settings" jsonb,
	"customer_email_settings" jsonb,
	"customer_portal_settings" jsonb,
	"dispute_settings" jsonb,
	"embed_hosts" jsonb,
	"account_id" uuid,
	"payout_account_id" uuid,
	"capabilities" jsonb,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE INDEX "organizations_slug_index" ON "polar"."organizations" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "product_prices_meter_id_index" ON "polar"."product_prices" USING btree ("meter_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."organizations" IS 'Organizations that the token sees, usually one: whose every other record is, by organization_id';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."name" IS 'Name shown to customers (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."slug" IS 'Name in addresses';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."status" IS 'created, review, active, denied, blocked, offboarding, …';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."avatar_url" IS 'Logo';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."email" IS 'E-mail address for customers’ questions (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."website" IS 'Address of its site (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."socials" IS 'Its accounts elsewhere: platform and url (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."country" IS 'ISO 3166-1 code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."default_presentment_currency" IS 'Currency of its prices unless they say otherwise, ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."default_tax_behavior" IS 'location, inclusive or exclusive: how its prices treat tax unless they say otherwise';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."proration_behavior" IS 'invoice, prorate, next_period or reset: what a change of a subscription costs within a period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."allow_customer_updates" IS 'Whether customers may change their subscriptions themselves';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."details_submitted_at" IS 'When it was submitted for review';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."onboarding_resubmission_requested_at" IS 'When Polar asked for more details';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."sso_enforced" IS 'Whether members must sign in through the organization’s own provider';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."feature_settings" IS 'Features that are on';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."subscription_settings" IS 'Rules for subscriptions';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."customer_email_settings" IS 'Which e-mails customers get';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."customer_portal_settings" IS 'What customers may see and change in the portal';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."dispute_settings" IS 'Below which amount disputes are accepted';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."embed_hosts" IS 'Sites that may embed the checkout';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."account_id" IS 'Account at Polar';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."payout_account_id" IS 'Account that payouts go to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."capabilities" IS 'What Polar allows: payments, renewals, payouts, refunds, API, dashboard';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
