CREATE TABLE "sync"."retention" (
	"is_on" boolean PRIMARY KEY NOT NULL,
	"cutoff" timestamp with time zone NOT NULL,
	"emptied_until" timestamp with time zone
);--> statement-breakpoint
COMMENT ON TABLE "sync"."retention" IS 'One row while KEEP_PERSONAL_DATA is set: up to where personal data is emptied';--> statement-breakpoint
COMMENT ON COLUMN "sync"."retention"."is_on" IS 'Always true';--> statement-breakpoint
COMMENT ON COLUMN "sync"."retention"."cutoff" IS 'Records created before this are stored without personal data once they are settled; it moves daily';--> statement-breakpoint
COMMENT ON COLUMN "sync"."retention"."emptied_until" IS 'Up to which creation date those stored before were emptied; null before the first time';
