COMMENT ON COLUMN "fynn"."checkout_link_items"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."customer" IS 'Customer: an id, an IRI or an object, as the API has it (personal)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."custom_fields" IS 'Fields of the merchant’s own (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."properties" IS 'Settings of this type, without secrets; links and sessions carry a part of them, for meter_credit only (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."success_url" IS 'Where the customer goes after paying (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."return_url" IS 'Where the customer goes when turning back (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."success_url" IS 'Where the customer goes after paying (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."return_url" IS 'Where the customer goes when turning back (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."embed_origin" IS 'Site the checkout is embedded in (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_id" IS 'Customer at Polar (pseudonym)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."external_customer_id" IS 'Customer in the merchant’s own system (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_name" IS 'Name the customer or the merchant gave; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_email" IS 'E-mail address the customer or the merchant gave; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_ip_address" IS 'IPv4 or IPv6 address of the customer; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_name" IS 'Name on the invoice; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_address" IS 'country, which Polar fills in from the IP address, and line1, line2, postal_code, city, state once typed; all but country and state are replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_tax_id" IS 'Tax number of the customer; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_processor_metadata" IS 'What the payment form needs of the processor (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."metadata" IS 'Key-value pairs: those of the link, then reference_id and utm_* of the address visited where the key is free; a session does not name its link (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_metadata" IS 'Key-value pairs copied to the customer (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."custom_field_data" IS 'Answers to custom fields, by slug (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."metadata" IS 'Key-value pairs set by the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."metadata" IS 'Key-value pairs set by the merchant; sessions do not carry them (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."event" IS 'The event as it is sent (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."last_error" IS 'Why the last attempt failed (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."record_id" IS 'Id of the record, if it has one (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."reason" IS 'Why it cannot be a row (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."payload" IS 'The record as it came, without secrets (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."error" IS 'Why the run failed (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."unknown_fields"."field" IS 'Table and field, such as polar.products.new_field (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."record_id" IS 'Id of the record it is about, if it has one (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."reason" IS 'Why it was rejected, or its record left out (may hold personal data)';
