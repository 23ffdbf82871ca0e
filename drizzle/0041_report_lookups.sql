DROP INDEX "polar"."checkouts_customer_id_index";--> statement-breakpoint
DROP INDEX "polar"."checkouts_status_index";--> statement-breakpoint
DROP INDEX "polar"."checkouts_buyer_index";--> statement-breakpoint
DROP INDEX "polar"."customers_buyer_index";--> statement-breakpoint
CREATE INDEX "checkouts_signs_index" ON "history"."checkouts" USING btree ("checkout_id") WHERE has_email or has_address or status = 'confirmed';--> statement-breakpoint
CREATE INDEX "checkouts_customer_index" ON "polar"."checkouts" USING btree ("customer_id","status","created_at","id") WHERE customer_id is not null;--> statement-breakpoint
CREATE INDEX "checkouts_status_index" ON "polar"."checkouts" USING btree ("status") WHERE status in ('open', 'confirmed');--> statement-breakpoint
CREATE INDEX "checkouts_buyer_index" ON "polar"."checkouts" USING btree (lower(customer_email),"organization_id","customer_id","customer_email") WHERE status = 'succeeded' and customer_id is not null;--> statement-breakpoint
CREATE INDEX "customers_buyer_index" ON "polar"."customers" USING btree (lower(email),"organization_id","id","email") WHERE deleted_at is null and polar_deleted_at is null;