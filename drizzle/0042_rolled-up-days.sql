CREATE TABLE "sync"."rolled_up_checkouts" (
	"day" date NOT NULL,
	"number" integer NOT NULL,
	"account" text NOT NULL,
	"organization_id" uuid,
	"product_id" uuid,
	"currency" text,
	"country" text,
	"first_created_at" timestamp with time zone,
	"opened" bigint NOT NULL,
	"viewed" bigint NOT NULL,
	"identified" bigint NOT NULL,
	"attempted" bigint NOT NULL,
	"paid" bigint NOT NULL,
	"free" bigint NOT NULL,
	"abandoned" bigint NOT NULL,
	"unengaged" bigint NOT NULL,
	"settled" bigint NOT NULL,
	"net_amount" bigint,
	"tax_amount" bigint,
	"discount_given" bigint,
	"total_amount" bigint,
	"holds_until" timestamp with time zone,
	CONSTRAINT "rolled_up_checkouts_day_number_pk" PRIMARY KEY("day","number")
);
--> statement-breakpoint
CREATE TABLE "sync"."rolled_up_days" (
	"day" date PRIMARY KEY NOT NULL,
	"timezone" text NOT NULL,
	"built_at" timestamp with time zone NOT NULL,
	"holds_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."rolled_up_sales" (
	"day" date NOT NULL,
	"number" integer NOT NULL,
	"account" text NOT NULL,
	"organization_id" uuid,
	"product_id" uuid,
	"currency" text,
	"paid_day" date,
	"sales" bigint NOT NULL,
	"net_amount" bigint,
	"tax_amount" bigint,
	"discount_given" bigint,
	"total_amount" bigint,
	"new_customers" bigint NOT NULL,
	"returning_customers" bigint NOT NULL,
	CONSTRAINT "rolled_up_sales_day_number_pk" PRIMARY KEY("day","number")
);
--> statement-breakpoint
DROP INDEX "history"."checkouts_valid_from_index";--> statement-breakpoint
DROP INDEX "polar"."checkouts_long_lived_index";--> statement-breakpoint
COMMENT ON TABLE "sync"."rolled_up_checkouts" IS 'Checkout sessions of the days in rolled_up_days by product, currency and country, as reporting.computed_checkouts has them';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."day" IS 'Day when the sessions were made';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."number" IS 'Number of the row within the day';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."organization_id" IS 'Organization that sells';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."product_id" IS 'Product chosen';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."country" IS 'Country of the customers';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."first_created_at" IS 'When the first of the sessions was made';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."opened" IS 'Sessions made';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."viewed" IS 'Sessions whose page was opened, as far as that was seen';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."identified" IS 'Sessions with an e-mail address, a street, an attempt or a payment';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."attempted" IS 'Sessions with an attempt to pay, as far as that was seen';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."paid" IS 'Sessions that were paid';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."free" IS 'Sessions that succeeded with nothing to pay, trials included';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."abandoned" IS 'Sessions that ended without payment although a customer had begun';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."unengaged" IS 'Sessions that ended without a sign of a customer';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."settled" IS 'Sessions to which nothing happens any more';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."net_amount" IS 'Net amounts of the paid sessions, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."tax_amount" IS 'Taxes of the paid sessions, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."discount_given" IS 'What discounts took off the paid sessions, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."total_amount" IS 'What customers paid, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."holds_until" IS 'When the next of the sessions is settled by the time that passes; null when none will be';--> statement-breakpoint
COMMENT ON TABLE "sync"."rolled_up_days" IS 'Days of checkout sessions that the views for reports read from rolled_up_checkouts and rolled_up_sales. A change of a session, or of its states, removes its day; the next run builds it again';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."day" IS 'Day when the sessions were made';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."timezone" IS 'Time zone in which it began, REPORT_TIMEZONE';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."built_at" IS 'As of when its rows hold';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."holds_until" IS 'Until when they hold without a change: then the next of its sessions is settled by the time that passes';--> statement-breakpoint
COMMENT ON TABLE "sync"."rolled_up_sales" IS 'Paid checkout sessions of the days in rolled_up_days by day of payment, product and currency, as reporting.computed_sales has them';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."day" IS 'Day when the sessions were made';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."number" IS 'Number of the row within the day';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."account" IS 'Account; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."organization_id" IS 'Organization that sells';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."product_id" IS 'Product chosen';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."paid_day" IS 'Day of payment';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."sales" IS 'Paid sessions';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."net_amount" IS 'Net amounts of the paid sessions, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."tax_amount" IS 'Taxes of the paid sessions, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."discount_given" IS 'What discounts took off the paid sessions, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."total_amount" IS 'What customers paid, in minor units; null without any';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."new_customers" IS 'Sales that were the customer’s first';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."returning_customers" IS 'Sales to customers who had bought before';
--> statement-breakpoint
-- Days of these moments are no longer rolled up. A local day differs by at most one from that of UTC.
CREATE FUNCTION "sync"."unroll_days"("moments" timestamptz[]) RETURNS void LANGUAGE sql AS $$
  WITH near AS (
    SELECT DISTINCT moment, (moment AT TIME ZONE 'UTC')::date + days AS day FROM unnest(moments) moment, generate_series(-1, 1) days
  ), stale AS (
    DELETE FROM sync.rolled_up_days d USING near n WHERE d.day = n.day AND d.day = (n.moment AT TIME ZONE d.timezone)::date RETURNING d.day
  ), checkouts AS (
    DELETE FROM sync.rolled_up_checkouts WHERE day IN (SELECT day FROM stale)
  )
  DELETE FROM sync.rolled_up_sales WHERE day IN (SELECT day FROM stale)
$$;--> statement-breakpoint
CREATE FUNCTION "sync"."unroll_all_days"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sync.rolled_up_days;
  DELETE FROM sync.rolled_up_checkouts;
  DELETE FROM sync.rolled_up_sales;
  RETURN NULL;
END
$$;--> statement-breakpoint
-- A purchase also says whether later ones of the same customer are the first.
CREATE FUNCTION "sync"."unroll_days_of_checkouts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM sync.rolled_up_days) AND EXISTS (SELECT FROM changed) THEN
    PERFORM sync.unroll_days(ARRAY(
      SELECT created_at FROM changed
      UNION ALL
      SELECT later.created_at FROM changed c CROSS JOIN LATERAL (
        SELECT created_at FROM polar.checkouts s
        WHERE s.customer_id = c.customer_id AND s.status = 'succeeded' AND s.created_at >= c.created_at OFFSET 0
      ) later WHERE c.status = 'succeeded'));
  END IF;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE FUNCTION "sync"."unroll_days_of_states"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM sync.rolled_up_days) AND EXISTS (SELECT FROM changed) THEN
    PERFORM sync.unroll_days(ARRAY(SELECT s.created_at FROM changed c CROSS JOIN LATERAL (
      SELECT created_at FROM polar.checkouts WHERE id = c.checkout_id OFFSET 0) s));
  END IF;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER "checkout_sync_inserted" AFTER INSERT ON "polar"."checkouts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_checkouts"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_updated_from" AFTER UPDATE ON "polar"."checkouts" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_checkouts"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_updated_to" AFTER UPDATE ON "polar"."checkouts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_checkouts"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_deleted" AFTER DELETE ON "polar"."checkouts" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_checkouts"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_truncated" AFTER TRUNCATE ON "polar"."checkouts" FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_all_days"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_inserted" AFTER INSERT ON "history"."checkouts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_states"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_updated_from" AFTER UPDATE ON "history"."checkouts" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_states"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_updated_to" AFTER UPDATE ON "history"."checkouts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_states"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_deleted" AFTER DELETE ON "history"."checkouts" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_days_of_states"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_truncated" AFTER TRUNCATE ON "history"."checkouts" FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_all_days"();--> statement-breakpoint
CREATE TRIGGER "checkout_sync_changed" AFTER INSERT OR UPDATE OR DELETE ON "sync"."histories" FOR EACH STATEMENT EXECUTE FUNCTION "sync"."unroll_all_days"();
