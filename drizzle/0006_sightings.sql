CREATE TABLE "sync"."sightings" (
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"address" text NOT NULL,
	"credential" text NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sightings_kind_id_address_credential_pk" PRIMARY KEY("kind","id","address","credential")
);--> statement-breakpoint
COMMENT ON TABLE "sync"."sightings" IS 'What each credential has been shown, each once: owners where records name theirs, otherwise the records. A 404 proves a deletion only for what stands here';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."kind" IS 'What the id is of: polar.organization_id, or a stream such as fynn.price_plans';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."id" IS 'Id of the owner or of the record';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."address" IS 'Address of the API that showed it';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."credential" IS 'Fingerprint of the credential that it was shown to, not the credential';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."first_seen_at" IS 'When it was shown first';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."outcome" IS 'applied (an older state than the stored one changes nothing), ignored (a type without a table, or a record that the settings exclude) or rejected';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."reason" IS 'Why it was rejected, or its record left out';--> statement-breakpoint
-- Where one address alone was ever read, what is stored came from there.
WITH "lists" AS (
  SELECT lower(substring(split_part("list", ' ', 1) from '^[^/]+//[^/]+')) || regexp_replace(split_part("list", ' ', 1), '^[^/]+//[^/]+', '') AS "address",
    split_part("list", ' ', 2) AS "credential", max("id") AS "last"
  FROM "sync"."runs" WHERE "stream" LIKE 'polar.%' AND "records" > 0 GROUP BY 1, 2
), "one" AS (
  SELECT "address", (array_agg("credential" ORDER BY "last" DESC))[1] AS "credential" FROM "lists"
  GROUP BY "address" HAVING (SELECT count(DISTINCT "address") FROM "lists") = 1
)
INSERT INTO "sync"."sightings" ("kind", "id", "address", "credential", "first_seen_at")
SELECT s."kind", s."id", "address", "credential", now() FROM "one", (
  SELECT 'polar.organization_id', "organization_id"::text FROM "polar"."checkout_links" GROUP BY 2
  UNION SELECT 'polar.organization_id', "organization_id"::text FROM "polar"."checkouts" GROUP BY 2
) AS s("kind", "id") WHERE s."id" IS NOT NULL ON CONFLICT DO NOTHING;--> statement-breakpoint
-- Where one address alone was ever read, what is stored came from there.
WITH "lists" AS (
  SELECT lower(substring(split_part("list", ' ', 1) from '^[^/]+//[^/]+')) || regexp_replace(split_part("list", ' ', 1), '^[^/]+//[^/]+', '') AS "address",
    split_part("list", ' ', 2) AS "credential", max("id") AS "last"
  FROM "sync"."runs" WHERE "stream" LIKE 'fynn.%' AND "records" > 0 GROUP BY 1, 2
), "one" AS (
  SELECT "address", (array_agg("credential" ORDER BY "last" DESC))[1] AS "credential" FROM "lists"
  GROUP BY "address" HAVING (SELECT count(DISTINCT "address") FROM "lists") = 1
)
INSERT INTO "sync"."sightings" ("kind", "id", "address", "credential", "first_seen_at")
SELECT s."kind", s."id", "address", "credential", now() FROM "one", (
  SELECT 'fynn.checkout_links', "id" FROM "fynn"."checkout_links"
  UNION ALL SELECT 'fynn.price_plans', "id" FROM "fynn"."price_plans"
  UNION ALL SELECT 'fynn.checkout_link_items', "id" FROM "fynn"."checkout_link_items"
) AS s("kind", "id") WHERE s."id" IS NOT NULL ON CONFLICT DO NOTHING;
