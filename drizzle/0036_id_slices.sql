CREATE UNLOGGED TABLE "sync"."id_slices" (
	"walk_id" uuid NOT NULL,
	"slice" integer NOT NULL,
	"is_stored" boolean NOT NULL,
	"part" integer NOT NULL,
	"ids" text[] NOT NULL,
	CONSTRAINT "id_slices_walk_id_slice_is_stored_part_pk" PRIMARY KEY("walk_id","slice","is_stored","part")
);--> statement-breakpoint
ALTER TABLE "sync"."id_slices" ALTER COLUMN "ids" SET STORAGE EXTERNAL;--> statement-breakpoint
COMMENT ON TABLE "sync"."id_slices" IS 'Ids by their hash, inside the transaction that compares what is stored of a large stream with what its full walk has seen. Unlogged, and empty outside of it';--> statement-breakpoint
COMMENT ON COLUMN "sync"."id_slices"."walk_id" IS 'The walk';--> statement-breakpoint
COMMENT ON COLUMN "sync"."id_slices"."slice" IS 'Slice of the hashes';--> statement-breakpoint
COMMENT ON COLUMN "sync"."id_slices"."is_stored" IS 'True for ids of rows, false for ids on pages';--> statement-breakpoint
COMMENT ON COLUMN "sync"."id_slices"."part" IS 'Part of the table or of the pages that the ids are from';--> statement-breakpoint
COMMENT ON COLUMN "sync"."id_slices"."ids" IS 'Ids of records';
