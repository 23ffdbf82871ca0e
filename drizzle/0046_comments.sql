COMMENT ON TABLE "fynn"."checkout_link_items" IS 'Items that a checkout link sells';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."id" IS 'Id of the item if Fynn sends one, otherwise link and position, such as 7c…/0';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."checkout_link_id" IS 'Link that it belongs to; null if it was pulled by its own id and no link is known to have it';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."item_id" IS 'Identifier at the source, if it sent one';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."product_id" IS 'Product, if the type is product';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."plan_id" IS 'Plan, if the type is plan';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."periods" IS 'Contract and cancellation periods; without any, a contract lasts for the billing period';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_link_items"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."checkout_links"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."origin_product_id" IS 'Product that it was made from';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."plans"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "fynn"."price_plan_checkout_links" IS 'Checkout links that use a price, as the price names them';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plan_checkout_links"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."pro_rata" IS 'Whether a part of an interval is charged pro rata';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."show_price_per_interval" IS 'Interval for which the price is shown';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."amount" IS 'Integer as the API sends it. Fynn does not document its unit; minor units of the currency are likely';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."tiers" IS 'Tiers of tiered, volume and stair_step prices, for which amount is not enough';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."custom" IS 'Whether it was created for one customer';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."price_plans"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."custom_fields" IS 'Custom fields of the merchant (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "fynn"."products"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON SCHEMA "history" IS 'Each state of some records of Polar that was seen';--> statement-breakpoint
COMMENT ON TABLE "history"."checkout_links" IS 'Each state of checkout_links that was seen, as a whole row; later states add rows';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."seq" IS 'Order in which the states were stored; the state of a late webhook comes after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation if it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."is_exact" IS 'True if the state began at valid_from; false if it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."url" IS 'Address that the customer opens';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."return_url" IS 'Where the customer goes when going back (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."allow_discount_codes" IS 'Whether the customer may enter a code';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."require_billing_address" IS 'Whether the full billing address is required';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."seats" IS 'Preset number of seats';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."units" IS 'Preset number of units';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkout_links"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "history"."checkouts" IS 'Each state of checkouts that was seen, without personal data; later states add rows';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."checkout_id" IS 'Id of the record';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."seq" IS 'Order in which the states were stored; the state of a late webhook comes after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation if it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."is_exact" IS 'True if the state began at valid_from; false if it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."modified_at" IS 'When Polar last changed it, including the first opening of its page, which sends no webhook; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."net_amount" IS 'Price without tax, with the discount of that time: amount less the discount, less tax_amount if tax_behavior is inclusive';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."tax_amount" IS 'Tax; null until the customer’s location is known, 0 if there is nothing to pay';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."currency" IS 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."payment_method_type" IS 'Payment method, such as card, as chosen in the form before any attempt to pay; null for free sessions';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."has_email" IS 'Whether there was an e-mail address, typed or prefilled';--> statement-breakpoint
COMMENT ON COLUMN "history"."checkouts"."has_address" IS 'Whether there was a street or postal code; a country alone comes from the IP address';--> statement-breakpoint
COMMENT ON TABLE "history"."discounts" IS 'Each state of discounts that was seen, as a whole row; later states add rows';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."seq" IS 'Order in which the states were stored; the state of a late webhook comes after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation if it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."is_exact" IS 'True if the state began at valid_from; false if it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."amount" IS 'Fixed discount in minor units of currency; deprecated in favour of amounts';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."code" IS 'Code that the customer enters; null if only links apply it';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."max_redemptions" IS 'How often it can be used in total';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."redemptions_count" IS 'How often it was used; reduced when a payment fails. Polar changes it without changing modified_at';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."discounts"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "history"."product_prices" IS 'Each state of product_prices that was seen, as a whole row; later states add rows';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."seq" IS 'Order in which the states were stored; the state of a late webhook comes after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation if it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."is_exact" IS 'True if the state began at valid_from; false if it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."source" IS 'catalog, or ad_hoc if created for one session';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."amount_type" IS 'fixed, custom, seat_based, metered_unit, unit_based, metered_tiers; free on old prices';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."legacy" IS 'True if the price itself has the recurring interval';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."preset_amount" IS 'custom: preset amount in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."seat_tiers" IS 'seat_based: price per seat by number of seats';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."unit_amount" IS 'metered_unit: price per unit in minor units, with 12 decimals';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."cap_amount" IS 'metered: maximum charge per period, in minor units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."tiers" IS 'unit_based, metered_tiers: price per unit by number of units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."minimum_units" IS 'unit_based: minimum number of units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."maximum_units" IS 'unit_based: maximum number of units';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."product_prices"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "history"."products" IS 'Each state of products that was seen, as a whole row; later states add rows';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."seq" IS 'Order in which the states were stored; the state of a late webhook comes after newer ones';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."valid_from" IS 'When the record was in this state: its modified_at or created_at, or the time of observation if it changed without a date';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."is_exact" IS 'True if the state began at valid_from; false if it began then or earlier';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."is_deletable" IS 'Whether it can be deleted, because it was never sold; the first sale changes this without a webhook';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."metadata" IS 'Key-value pairs set by the merchant; sessions do not nest them (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "history"."products"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON SCHEMA "polar" IS 'Records of Polar, such as checkout sessions, orders and subscriptions, as its API shows them';--> statement-breakpoint
COMMENT ON TABLE "polar"."benefit_grants" IS 'Benefits granted to customers; a benefit that is granted again keeps its row';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."granted_at" IS 'When it was last granted';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."organization_id" IS 'Organization of its customer; a grant does not name one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefit_grants"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."visibility" IS 'public, private or draft; links and sessions nest only public benefits, without this field';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."properties" IS 'Settings of the type, without secrets; links and sessions nest only a part of them, and only for meter_credit (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_custom_fields" IS 'Custom fields that a session asks for: those of the chosen product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."position" IS 'Position of the field; order in the API';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_link_products" IS 'Products that a link offers';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_link_products"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_link_products"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."url" IS 'Address that the customer opens';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."return_url" IS 'Where the customer goes when going back (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."allow_discount_codes" IS 'Whether the customer may enter a code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."require_billing_address" IS 'Whether the full billing address is required';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."seats" IS 'Preset number of seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."units" IS 'Preset number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_prices" IS 'Prices that a session offers: those created for it, or those of the catalog';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."product_id" IS 'Product under which the session lists the price';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."position" IS 'Position in the product’s list of prices, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_products" IS 'Products that a session offers';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_products"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_products"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkouts" IS 'Checkout sessions: one row for each visit to a link and each session created by the merchant’s code, even if its page was never opened. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."modified_at" IS 'When Polar last changed it, including the first opening of its page, which sends no webhook; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."url" IS 'Address of the session’s page';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."return_url" IS 'Where the customer goes when going back (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."embed_origin" IS 'Site in which the checkout is embedded (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."discount_amount" IS 'Computed for each response from today’s discount, even for old sessions; what a discount cost is amount less net_amount, less tax_amount if tax_behavior is inclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."net_amount" IS 'Price without tax, with the discount of that time: amount less the discount, less tax_amount if tax_behavior is inclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."tax_amount" IS 'Tax; null until the customer’s location is known, 0 if there is nothing to pay';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."tax_behavior" IS 'inclusive: amount includes the tax; exclusive: the tax is added; null while there is no tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."currency" IS 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."min_seats" IS 'Minimum number of seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."max_seats" IS 'Maximum number of seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."min_units" IS 'Minimum number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."max_units" IS 'Maximum number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."active_trial_interval" IS 'Trial that applies: day, week, month or year; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."active_trial_interval_count" IS 'Length of the trial that applies; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."allow_discount_codes" IS 'Whether the customer may enter a code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."require_billing_address" IS 'Whether the full billing address is required';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_discount_applicable" IS 'Whether a discount can apply to the product; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_free_product_price" IS 'Whether the price is free; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_required" IS 'Whether there is something to pay now; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_setup_required" IS 'Whether a payment method must be stored; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_form_required" IS 'Whether the payment form is shown; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_name" IS 'Name given by the customer or the merchant; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_email" IS 'E-mail address given by the customer or the merchant; replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_address" IS 'country, which Polar fills in from the IP address, and line1, line2, postal_code, city, state once entered; all except country and state are replaced when the customer is anonymized (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_method_type" IS 'Payment method, such as card, as chosen in the form before any attempt to pay; null for free sessions';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_processor_metadata" IS 'Data of the payment processor for the payment form (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."billing_address_fields" IS 'Which parts of the address are required, optional or disabled; computed for each response';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."metadata" IS 'Key-value pairs: those of the link, and reference_id and utm_* of the visited URL unless the link has that key; a session does not name its link (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."customer_meters" IS 'Usage of meters by customers, over all periods. Polar does not list usage of archived meters: those rows no longer change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."modified_at" IS 'When usage was last counted; null before the first time';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."credited_units" IS 'Units credited, for example by a benefit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."organization_id" IS 'Organization of its customer; usage does not name one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customer_meters"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."customers" IS 'Customers, created at the first attempt to pay or by the merchant’s code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."email_verified" IS 'Whether the customer has confirmed the e-mail address';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."avatar_url" IS 'Picture; usually a Gravatar address, which contains a hash of the e-mail address (personal)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."customers"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."discount_products" IS 'Products that a discount is limited to; no rows if it applies to all';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discount_products"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discount_products"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."discounts" IS 'Discounts: those that links preset and sessions apply, and all others if the token has discounts:read';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."amount" IS 'Fixed discount in minor units of currency; deprecated in favour of amounts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."code" IS 'Code that the customer enters; null if only links apply it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."max_redemptions" IS 'How often it can be used in total';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."redemptions_count" IS 'How often it was used; reduced when a payment fails. Polar changes it without changing modified_at';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."evidence_due_by" IS 'Deadline for evidence';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."past_due" IS 'Whether the deadline has passed';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."case_id" IS 'Case at the service that warns of disputes; refunds do not nest it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."organization_id" IS 'Organization of its customer; a dispute does not name one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."disputes"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."events" IS 'Events that Polar recorded for orders, refunds, disputes and subscriptions, with the exchange rates and fees behind its revenue figures; usage events are not stored';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."timestamp" IS 'When it happened; events of an order have the order’s created_at, and appear once it is paid';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."name" IS 'order.paid, balance.order, balance.refund, balance.dispute, subscription.created, …';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."label" IS 'Name for display';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."parent_id" IS 'Parent event';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."child_count" IS 'Number of events that have it as parent';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."version_at" IS 'Version of the row: timestamp, because events do not change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."events"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."size_readable" IS 'Readable size, such as 1.2 MB';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."version_at" IS 'Version of the row: created_at, because Polar sends no modified_at for media';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."archived_at" IS 'When it was archived; Polar does not delete meters';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."meters"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."amount" IS 'Price before discount and tax; negative for credit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."product_price_id" IS 'Price charged, which may be archived or created for one session; null for credit and trials';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."order_items"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."orders" IS 'Orders: one for each purchase, renewal and change of a subscription, including free ones. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."modified_at" IS 'When Polar last changed it, including fields that the API does not show; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."paid" IS 'Whether it was paid; true for refunded orders as well';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."discount_amount" IS 'Amount of the discount';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."applied_balance_amount" IS 'Customer’s balance applied; negative if credit was used';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."due_amount" IS 'Amount left to pay: total_amount plus applied_balance_amount, at least 0';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."platform_fee_amount" IS 'Polar’s fee, including the payment fee; 0 until shortly after the payment';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."currency" IS 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."receipt_number" IS 'Number of the receipt, if the organization sends receipts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."next_payment_attempt_at" IS 'When the payment is tried again; null after the last attempt. Polar sends no webhook for later attempts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."product_id" IS 'Product sold; null if none was named';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."organization_id" IS 'Organization of its customer; an order does not name one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."orders"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."organizations" IS 'Organizations that the token can see, usually one; organization_id in other tables refers to them';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."slug" IS 'Name in URLs';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."website" IS 'Address of its website (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."socials" IS 'Its accounts on other platforms: platform and url (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."default_presentment_currency" IS 'Default currency of its prices, ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."default_tax_behavior" IS 'Default tax behavior of its prices: location, inclusive or exclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."proration_behavior" IS 'How a change of a subscription within a period is charged: invoice, prorate, next_period or reset';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."feature_settings" IS 'Enabled features';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."dispute_settings" IS 'Amount below which disputes are accepted';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."payout_account_id" IS 'Account for payouts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."organizations"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."payments" IS 'Attempts to pay, including failed ones: only these say why a session or a renewal was not paid. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."amount" IS 'Amount charged, with tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."method_metadata" IS 'Brand of a card; the last digits are not stored, because a payment does not say whose they are (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."decline_message" IS 'decline_reason as a sentence';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."checkout_id" IS 'Checkout session that the attempt was for';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."order_id" IS 'Order that the attempt was for; for the first order of a session, set once the payment succeeded';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."payments"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_benefits" IS 'Benefits that a product grants; private ones only if the list of products or a webhook of the product showed them';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_benefits"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_benefits"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_custom_fields" IS 'Custom fields that a product asks for; links and sessions nest products without them';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_custom_fields"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_medias" IS 'Media that a product shows';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_medias"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_medias"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_prices" IS 'Prices of products, including those no longer offered; an edited price gets a new row, and the old row is archived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."source" IS 'catalog, or ad_hoc if created for one session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."amount_type" IS 'fixed, custom, seat_based, metered_unit, unit_based, metered_tiers; free on old prices';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."legacy" IS 'True if the price itself has the recurring interval';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."preset_amount" IS 'custom: preset amount in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."seat_tiers" IS 'seat_based: price per seat by number of seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."unit_amount" IS 'metered_unit: price per unit in minor units, with 12 decimals';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."cap_amount" IS 'metered: maximum charge per period, in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."tiers" IS 'unit_based, metered_tiers: price per unit by number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."minimum_units" IS 'unit_based: minimum number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."maximum_units" IS 'unit_based: maximum number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."products" IS 'Products as they are today: Polar nests the current product in links and sessions, even in old ones';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."is_deletable" IS 'Whether it can be deleted, because it was never sold; the first sale changes this without a webhook';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."metadata" IS 'Key-value pairs set by the merchant; sessions do not nest them (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."status" IS 'pending, succeeded, failed or canceled; only succeeded refunds count, and these can still fail';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."refunds"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."subscription_meters" IS 'Usage of each meter by a subscription in its current period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."credited_units" IS 'Units included in the period, for example by a benefit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_meters"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "polar"."subscription_prices" IS 'Prices of a subscription: those that its product had when it was sold, which may be archived since, or those created for it alone';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_prices"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscription_prices"."position" IS 'Position in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."subscriptions" IS 'Subscriptions, including ended ones. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."amount" IS 'Price of a period: its prices less the discount, without metered usage';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."currency" IS 'ISO 4217 in lower case; jpy and krw have no decimals, kwd has three, most have two';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."started_at" IS 'When it began; null before that, while Polar does not list it and only webhooks show it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_period_start" IS 'Start of the current billing period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_period_end" IS 'End of the current billing period';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_meter_period_start" IS 'Start of the period for which usage is charged, if that is another one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."current_meter_period_end" IS 'End of the period for which usage is charged, if that is another one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."canceled_at" IS 'When it was canceled, which may be before its end; null again if the cancellation was undone';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."ended_at" IS 'When it ended; null before that';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."past_due_at" IS 'When the payment first failed; null unless it is past_due';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."resumes_at" IS 'When a paused subscription resumes by itself';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."checkout_id" IS 'Checkout session that it came from; null if the merchant’s code created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_created_at" IS 'When the pending change was requested';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_product_id" IS 'Product from then on; null if unchanged';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_seats" IS 'Number of seats from then on; null if unchanged';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."pending_update_units" IS 'Number of units from then on; null if unchanged';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."organization_id" IS 'Organization of its customer; a subscription does not name one';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."version_at" IS 'Version of the row: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."account" IS 'Account that stored the row first, and that alone may write it; default unless it has a name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."observed_at" IS 'When the response or webhook with this state arrived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."deleted_at" IS 'When it was found to be deleted at the source; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."subscriptions"."extra" IS 'Fields from the API without a column, and values that did not fit their column (may hold personal data)';--> statement-breakpoint
COMMENT ON TABLE "sync"."accounts" IS 'Accounts that were synced, with their identity: a credential that shows another identity is refused';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."identity" IS 'What the account belongs to: organizations at Polar, the address of the API at Fynn';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."missing_scopes" IS 'Scopes that the credential lacks, as far as known; optional streams that need one are left out';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."scopes_asked_at" IS 'When the scopes of optional streams were last tried; null before that, and if there are no such streams';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."first_seen_at" IS 'When the account was first synced';--> statement-breakpoint
COMMENT ON COLUMN "sync"."accounts"."last_seen_at" IS 'When it was last synced';--> statement-breakpoint
COMMENT ON TABLE "sync"."budgets" IS 'Recent requests, counted for all processes together. Unlogged: a crash of Postgres empties the table';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."points" IS 'Requests in the current slice of a minute';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."began_at" IS 'When the slice began; one in the future was counted by a clock that was ahead, and is ignored';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."paused_at" IS 'When the source last refused a request with 429';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."paused_until" IS 'Time until which no process sends requests because of that';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."relation" IS 'Table, such as polar.checkouts; a change of a row also covers its sets, such as polar.checkout_products';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."version_at" IS 'version_at of the row after the change; for a deleted row, the last one';--> statement-breakpoint
COMMENT ON COLUMN "sync"."changes"."observed_at" IS 'When the response or webhook with the change arrived; for d, when the row was deleted';--> statement-breakpoint
COMMENT ON TABLE "sync"."checkpoints" IS 'Checkpoints of incomplete walks, at which the next run continues';--> statement-breakpoint
COMMENT ON TABLE "sync"."forgotten" IS 'Keyed hashes of the ids and e-mail addresses of forgotten people: their data is masked in everything that arrives. See docs/privacy.md';--> statement-breakpoint
COMMENT ON COLUMN "sync"."forgotten"."id" IS 'Number of the entry; a page that was prepared before it is masked again';--> statement-breakpoint
COMMENT ON COLUMN "sync"."histories"."since" IS 'Start of the history; for an account that was added later, its first_seen_at in sync.accounts';--> statement-breakpoint
COMMENT ON TABLE "sync"."hook_deliveries" IS 'Events for SYNC_HOOK_URL and their delivery; kept for 14 days after they were delivered or given up';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_deliveries"."id" IS 'Id of the event, sent as webhook-id with each attempt';--> statement-breakpoint
COMMENT ON TABLE "sync"."hook_receivers" IS 'One row while SYNC_HOOK_URL is set; events are queued only then';--> statement-breakpoint
COMMENT ON COLUMN "sync"."hook_receivers"."turned_on_at" IS 'When a process with SYNC_HOOK_URL first started';--> statement-breakpoint
COMMENT ON TABLE "sync"."id_slices" IS 'Ids by their hash, for the transaction that compares the stored records of a large stream with those that its full walk saw. Unlogged, and empty outside of that transaction';--> statement-breakpoint
COMMENT ON TABLE "sync"."pending_deletions" IS 'Records that a complete full walk missed together with many others: they get no tombstones unless another one misses them within 7 days';--> statement-breakpoint
COMMENT ON COLUMN "sync"."pending_deletions"."found_at" IS 'When they were found missing';--> statement-breakpoint
COMMENT ON TABLE "sync"."rejected_records" IS 'Rejected records, which cannot be stored as a row; kept for 90 days after they were resolved';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."stream" IS 'Stream, such as polar.checkouts; the source, such as polar, if a webhook’s record belongs to no stream';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."reason" IS 'Why it cannot be stored as a row (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."payload" IS 'The record as it was received, without secrets (may hold personal data)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."first_seen_at" IS 'When it first arrived';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."last_seen_at" IS 'When it last arrived';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."resolved_at" IS 'When a later state of the record was stored, or a complete full walk no longer found it; null while unresolved';--> statement-breakpoint
COMMENT ON TABLE "sync"."report_keys" IS 'One row: the key of the hashes that replace e-mail addresses in schema analytics';--> statement-breakpoint
COMMENT ON COLUMN "sync"."report_keys"."secret" IS 'The key; whoever can read it can test which address a hash belongs to';--> statement-breakpoint
COMMENT ON TABLE "sync"."retention" IS 'One row while KEEP_PERSONAL_DATA is set: the date up to which personal data is emptied';--> statement-breakpoint
COMMENT ON COLUMN "sync"."retention"."emptied_until" IS 'Creation date up to which stored records were emptied; null before the first time';--> statement-breakpoint
COMMENT ON TABLE "sync"."rolled_up_checkouts" IS 'Checkout sessions of the days in rolled_up_days by product, currency and country, as computed by reporting.computed_checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."day" IS 'Day on which the sessions were created';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."first_created_at" IS 'When the first of the sessions was created';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."opened" IS 'Sessions created';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."settled" IS 'Sessions whose outcome is final';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_checkouts"."holds_until" IS 'When the passing of time settles the next of the sessions; null if it settles none';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."day" IS 'Day on which the sessions were created';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."timezone" IS 'Time zone of the day (REPORT_TIMEZONE)';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."built_at" IS 'Time from which its rows are valid';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_days"."holds_until" IS 'Time until which its rows are valid: when the passing of time settles the next of its sessions';--> statement-breakpoint
COMMENT ON TABLE "sync"."rolled_up_sales" IS 'Paid checkout sessions of the days in rolled_up_days by day of payment, product and currency, as computed by reporting.computed_sales';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rolled_up_sales"."day" IS 'Day on which the sessions were created';--> statement-breakpoint
COMMENT ON TABLE "sync"."runs" IS 'Runs: one row each time a walk began or resumed. Kept for 90 days, complete incremental runs for 7 days; the last complete ones of each list are always kept';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."lookback_ms" IS 'Look-back of an incremental walk in milliseconds, counted from the start of the last one that read as far; null for full walks';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."total" IS 'Total number of records that the source reported';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."rejected" IS 'Records that cannot be stored as a row; see rejected_records';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."unreadable" IS 'Records that the source failed to list; the walk read the others and was not complete';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."skewed" IS 'Rows of all tables that were dated in the future by a clock that was ahead, and were corrected';--> statement-breakpoint
COMMENT ON TABLE "sync"."seen_pages" IS 'Pages of incomplete walks, with the ids on each. Unlogged: after a crash of Postgres, such a walk starts from the beginning';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seen_pages"."number" IS 'Number of the page, in the order of storing';--> statement-breakpoint
COMMENT ON TABLE "sync"."sightings" IS 'Sightings: what the source showed to each credential; the owners if records name theirs, otherwise the records. A 404 proves a deletion only of what is listed here';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."kind" IS 'What the id identifies: polar.organization_id, or a stream such as fynn.price_plans';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."credential" IS 'Fingerprint of the credential that it was shown to; not the credential itself';--> statement-breakpoint
COMMENT ON COLUMN "sync"."sightings"."first_seen_at" IS 'When it was first shown';--> statement-breakpoint
COMMENT ON TABLE "sync"."trimmed_changes" IS 'How far each change feed was trimmed';--> statement-breakpoint
COMMENT ON TABLE "sync"."unknown_fields" IS 'Fields and values from the API that have no column';--> statement-breakpoint
COMMENT ON COLUMN "sync"."unknown_fields"."first_seen_at" IS 'When a run first found it';--> statement-breakpoint
COMMENT ON TABLE "sync"."views" IS 'Views that checkout-sync created, with the hash of their last version';--> statement-breakpoint
COMMENT ON TABLE "sync"."walk_leases" IS 'Leases: the process that walks a stream of an account';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."mode" IS 'Mode of the walk: full or incremental';--> statement-breakpoint
COMMENT ON COLUMN "sync"."walk_leases"."backend_pid" IS 'Database session of the holder: if it has ended, the holder is gone; null behind a pooler in transaction mode';--> statement-breakpoint
COMMENT ON TABLE "sync"."webhook_events" IS 'Webhooks received, kept for 90 days';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."webhook_id" IS 'Id that the source gave it, the same in each delivery';--> statement-breakpoint
COMMENT ON COLUMN "sync"."webhook_events"."received_at" IS 'When it arrived; also the observed_at of what it brought';
