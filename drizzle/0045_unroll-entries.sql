-- Only the entry of a day is deleted: its rows count no more without, and a write would wait for whoever rolls up the day once more.
CREATE OR REPLACE FUNCTION "sync"."unroll_days"("moments" timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sync.rolled_up_days d USING (
    SELECT DISTINCT moment, (moment AT TIME ZONE 'UTC')::date + days AS day FROM unnest(moments) moment, generate_series(-1, 1) days
  ) n WHERE d.day = n.day AND d.day = (n.moment AT TIME ZONE d.timezone)::date;
END
$$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION "sync"."unroll_all_days"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM sync.rolled_up_days;
  RETURN NULL;
END
$$;
