CREATE INDEX "rolled_up_sales_paid_day_index" ON "sync"."rolled_up_sales" USING btree ("paid_day");--> statement-breakpoint
-- What changes as a rule is later than all days that are rolled up: that is found out first.
CREATE OR REPLACE FUNCTION "sync"."unroll_days"("moments" timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH near AS (
    SELECT DISTINCT moment, (moment AT TIME ZONE 'UTC')::date + days AS day FROM unnest(moments) moment, generate_series(-1, 1) days
  ), stale AS (
    DELETE FROM sync.rolled_up_days d USING near n WHERE d.day = n.day AND d.day = (n.moment AT TIME ZONE d.timezone)::date RETURNING d.day
  ), checkouts AS (
    DELETE FROM sync.rolled_up_checkouts WHERE day IN (SELECT day FROM stale)
  )
  DELETE FROM sync.rolled_up_sales WHERE day IN (SELECT day FROM stale);
END
$$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION "sync"."unroll_days_of_checkouts"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  until timestamptz := (SELECT max(day) + 2 FROM sync.rolled_up_days)::timestamp AT TIME ZONE 'UTC';
BEGIN
  IF EXISTS (SELECT FROM changed WHERE created_at < until) THEN
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
$$;
