COMMENT ON COLUMN "sync"."accounts"."missing_scopes" IS 'Scopes that the credential lacks, as far as the source has said; optional streams that need one are left out';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."scopes_asked_at" IS 'When the scopes of optional streams were last asked for; null before, and where there are none';
