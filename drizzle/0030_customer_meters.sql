CREATE TABLE "polar"."customer_meters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	"customer_id" uuid,
	"meter_id" uuid,
	"consumed_units" numeric,
	"credited_units" bigint,
	"balance" numeric,
	"organization_id" uuid,
	"version_at" timestamp with time zone GENERATED ALWAYS AS (coalesce(modified_at, created_at)) STORED,
	"account" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "polar"."customer_meters" ADD CONSTRAINT "customer_meters_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "polar"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polar"."customer_meters" ADD CONSTRAINT "customer_meters_meter_id_meters_id_fk" FOREIGN KEY ("meter_id") REFERENCES "polar"."meters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "customer_meters_customer_id_index" ON "polar"."customer_meters" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "customer_meters_meter_id_index" ON "polar"."customer_meters" USING btree ("meter_id");--> statement-breakpoint
CREATE INDEX "customer_meters_modified_at_index" ON "polar"."customer_meters" USING btree ("modified_at");--> statement-breakpoint
CREATE INDEX "customer_meters_organization_id_index" ON "polar"."customer_meters" USING btree ("organization_id");--> statement-breakpoint
COMMENT ON TABLE "polar"."customer_meters" IS 'What customers have used of the meters, over all periods; Polar lists no usage of archived meters: such rows stay as they were';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."modified_at" IS 'When it counted last; null until it counts for the first time';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."customer_id" IS 'Customer at Polar (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."meter_id" IS 'The meter';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."consumed_units" IS 'Units used';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."credited_units" IS 'Units given, such as by a benefit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."balance" IS 'credited_units less consumed_units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."organization_id" IS 'Organization of its customer: usage names none itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."account" IS 'Account that stored the row first, and alone writes it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';
