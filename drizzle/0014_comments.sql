COMMENT ON TABLE "polar"."checkouts" IS 'Checkout sessions: one row each time somebody visited a link, or the merchant’s code made a session, opened or not. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."modified_at" IS 'When Polar last changed it, also by the first opening of its page, which sends no webhook; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."url" IS 'Page of the session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."discount_amount" IS 'Computed at each answer from today’s discount, also on old sessions; what a discount cost is amount less net_amount, less tax_amount where tax_behavior is inclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."net_amount" IS 'What remains without tax, as it was priced: amount less the discount of then, less tax_amount where tax_behavior is inclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."tax_amount" IS 'Tax; null until the customer’s place is known, 0 where nothing has to be paid';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."tax_behavior" IS 'inclusive: amount contains the tax; exclusive: the tax comes on top; null while there is none';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."total_amount" IS 'What the customer pays: net_amount plus tax_amount';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."currency" IS 'ISO 4217 in lower case; jpy and krw have no minor digits, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_name" IS 'Name the customer or the merchant gave; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_email" IS 'E-mail address the customer or the merchant gave; replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_address" IS 'country, which Polar fills in from the IP address, and line1, line2, postal_code, city, state once typed; all but country and state are replaced when the customer is anonymized';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_method_type" IS 'How the customer pays, such as card, as chosen in the form before any attempt; null for free ones';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."metadata" IS 'Key-value pairs: those of the link, then reference_id and utm_* of the address visited where the key is free; a session does not name its link';
