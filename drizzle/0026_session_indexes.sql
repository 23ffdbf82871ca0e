DROP INDEX "polar"."checkouts_organization_id_index";--> statement-breakpoint
DROP INDEX "polar"."checkouts_discount_id_index";--> statement-breakpoint
DROP INDEX "polar"."checkouts_customer_id_index";--> statement-breakpoint
DROP INDEX "polar"."checkouts_subscription_id_index";--> statement-breakpoint
CREATE INDEX "checkouts_discount_id_index" ON "polar"."checkouts" USING btree ("discount_id") WHERE discount_id is not null;--> statement-breakpoint
CREATE INDEX "checkouts_customer_id_index" ON "polar"."checkouts" USING btree ("customer_id") WHERE customer_id is not null;--> statement-breakpoint
CREATE INDEX "checkouts_subscription_id_index" ON "polar"."checkouts" USING btree ("subscription_id") WHERE subscription_id is not null;