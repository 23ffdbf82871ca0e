COMMENT ON SCHEMA "polar" IS 'Checkout links and checkout sessions of Polar, as its API shows them';--> statement-breakpoint
COMMENT ON TABLE "polar"."benefits" IS 'What a product grants to its buyers, such as licence keys or downloads';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."type" IS 'custom, discord, github_repository, downloadables, license_keys, meter_credit, feature_flag, slack_shared_channel, …';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."description" IS 'Text shown to the customer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."selectable" IS 'Whether it can be added to products';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."deletable" IS 'Whether it can be deleted';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."is_deleted" IS 'Whether Polar has deleted it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."metadata" IS 'Key-value pairs set by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."visibility" IS 'public or private; sent by webhooks only';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."visibility_configurable" IS 'Whether the visibility can be changed; sent by webhooks only';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."properties" IS 'Settings of this type; nested benefits carry them for meter_credit only';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."benefits"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_custom_fields" IS 'Which custom fields a session asks for; those of the product chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."checkout_id" IS 'The session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."custom_field_id" IS 'The custom field';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."position" IS 'order, as the API calls it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_custom_fields"."required" IS 'Whether an answer is required';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_link_products" IS 'Which products a link offers';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_link_products"."checkout_link_id" IS 'The link';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_link_products"."product_id" IS 'The product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_link_products"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_links" IS 'Links that open a checkout session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."label" IS 'Name given by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."url" IS 'What the customer opens';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."success_url" IS 'Where the customer goes after paying';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."return_url" IS 'Where the customer goes when turning back';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."payment_processor" IS 'stripe';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."allow_discount_codes" IS 'Whether the customer may type in a code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."require_billing_address" IS 'Whether the whole address is asked for';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."discount_id" IS 'Discount applied from the start';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."seats" IS 'Number of seats preset';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."units" IS 'Number of units preset';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."trial_interval" IS 'day, week, month or year; overrides the product’s';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."trial_interval_count" IS 'Length of the trial in trial_interval';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."metadata" IS 'Key-value pairs set by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_links"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_prices" IS 'Which prices a session offers: those made for it, or those of the catalog';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."checkout_id" IS 'The session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."product_price_id" IS 'The price';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."product_id" IS 'Product that the session lists the price under';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_prices"."position" IS 'Place in the product’s list of prices, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkout_products" IS 'Which products a session offers';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_products"."checkout_id" IS 'The session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_products"."product_id" IS 'The product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkout_products"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."checkouts" IS 'Checkout sessions: one row each time a customer opened a checkout. Amounts are in minor units of currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."expires_at" IS 'When an unpaid session ends; status follows up to 15 minutes later';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."status" IS 'open, confirmed, succeeded, expired or failed; a failed payment turns confirmed back into open';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_processor" IS 'stripe';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."url" IS 'What the customer opened';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."success_url" IS 'Where the customer goes after paying';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."return_url" IS 'Where the customer goes when turning back';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."embed_origin" IS 'Site the checkout is embedded in';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."locale" IS 'Language shown, such as en or fr-CA';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."amount" IS 'Price before discount and tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."discount_amount" IS 'What the discount takes off';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."net_amount" IS 'amount less discount_amount, before tax';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."tax_amount" IS 'Tax; null until it can be computed';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."tax_behavior" IS 'inclusive or exclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."total_amount" IS 'What the customer pays';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."seats" IS 'Number of seats chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."min_seats" IS 'Fewest seats that can be chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."max_seats" IS 'Most seats that can be chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."units" IS 'Number of units chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."min_units" IS 'Fewest units that can be chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."max_units" IS 'Most units that can be chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."allow_trial" IS 'Whether a trial is given';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."active_trial_interval" IS 'Trial that applies: day, week, month or year';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."active_trial_interval_count" IS 'Length of the trial that applies';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."trial_end" IS 'When the trial would end';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."trial_interval" IS 'Trial set on the session: day, week, month or year';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."trial_interval_count" IS 'Length of the trial set on the session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."product_id" IS 'Product chosen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."product_price_id" IS 'Price chosen; deprecated by Polar';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."discount_id" IS 'Discount applied';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."subscription_id" IS 'Subscription that this session changes';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_id" IS 'Customer at Polar';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."external_customer_id" IS 'Customer in the merchant’s own system';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."allow_discount_codes" IS 'Whether the customer may type in a code';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."require_billing_address" IS 'Whether the whole address is asked for';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_discount_applicable" IS 'Whether a discount can apply to the product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_free_product_price" IS 'Whether the price is free';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_required" IS 'Whether there is something to pay now';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_setup_required" IS 'Whether a payment method must be stored';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_payment_form_required" IS 'Whether the payment form is shown';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."is_business_customer" IS 'Whether the customer buys as a business';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_name" IS 'Name the customer gave';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_email" IS 'E-mail address the customer gave';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_ip_address" IS 'IPv4 or IPv6 address of the customer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_name" IS 'Name on the invoice';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_billing_address" IS 'country, and line1, line2, postal_code, city, state where known';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_tax_id" IS 'Tax number of the customer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_method_type" IS 'How the customer paid, such as card';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."payment_processor_metadata" IS 'What the payment form needs of the processor';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."billing_address_fields" IS 'Which parts of the address are required, optional or disabled';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."metadata" IS 'Key-value pairs set by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."customer_metadata" IS 'Key-value pairs copied to the customer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."custom_field_data" IS 'Answers to custom fields, by slug';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."checkouts"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."custom_fields" IS 'Questions that a product asks at checkout';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."type" IS 'text, number, date, checkbox or select';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."slug" IS 'Key of the answer in checkouts.custom_field_data';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."name" IS 'Name given by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."metadata" IS 'Key-value pairs set by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."properties" IS 'Labels, bounds and options; bounds of a date are epoch seconds';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."custom_fields"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."discounts" IS 'Discounts that links preset and sessions apply';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."type" IS 'fixed (amount, amounts) or percentage (basis_points)';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."duration" IS 'once, forever or repeating';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."duration_in_months" IS 'For repeating discounts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."amount" IS 'Fixed discount in minor units of currency; deprecated by amounts';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."currency" IS 'Currency of amount, ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."amounts" IS 'Fixed discount in minor units, by currency';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."basis_points" IS 'Percentage discount: 1000 is 10 %';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."name" IS 'Name given by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."code" IS 'What the customer types in; null when only links apply it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."starts_at" IS 'When it becomes valid';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."ends_at" IS 'When it stops being valid';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."max_redemptions" IS 'How often it can be used in all';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."max_redemptions_per_customer" IS 'How often one customer can use it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."redemptions_count" IS 'How often it was used; Polar changes it without touching modified_at';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."metadata" IS 'Key-value pairs set by the merchant';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."discounts"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."medias" IS 'Images and other files shown with a product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."name" IS 'File name';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."path" IS 'Path in the file store';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."mime_type" IS 'MIME type';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."size" IS 'Size in bytes';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."storage_version" IS 'Version in the file store';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."checksum_etag" IS 'ETag of the content';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."checksum_sha256_base64" IS 'SHA-256 of the content, base64';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."checksum_sha256_hex" IS 'SHA-256 of the content, hexadecimal';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."last_modified_at" IS 'When the content last changed';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."version" IS 'Version of the content';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."service" IS 'What the file is for: product_media';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."is_uploaded" IS 'Whether the upload is complete';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."size_readable" IS 'Size for people, such as 1.2 MB';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."public_url" IS 'Where it can be seen';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."version_at" IS 'Which state this is: created_at, as Polar sends no modified_at for medias';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."medias"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_benefits" IS 'Which benefits a product grants';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_benefits"."product_id" IS 'The product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_benefits"."benefit_id" IS 'The benefit';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_benefits"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_medias" IS 'Which medias a product shows';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_medias"."product_id" IS 'The product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_medias"."media_id" IS 'The media';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_medias"."position" IS 'Place in the source’s list, from 0';--> statement-breakpoint
COMMENT ON TABLE "polar"."product_prices" IS 'Prices of products, those no longer offered included; an edited price is a new row, and the old one becomes archived';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."product_id" IS 'Product it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."source" IS 'catalog, or ad_hoc when made for one session';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."amount_type" IS 'fixed, custom, seat_based, metered_unit, unit_based, metered_tiers; free on old ones';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."price_currency" IS 'ISO 4217 in lower case';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."tax_behavior" IS 'location, inclusive or exclusive';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."is_archived" IS 'Whether the product no longer offers it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."legacy" IS 'True for prices that carry the recurring interval themselves';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."type" IS 'one_time or recurring; deprecated';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."recurring_interval" IS 'Interval of a legacy price; deprecated elsewhere';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."price_amount" IS 'fixed: price in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."minimum_amount" IS 'custom: lowest amount in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."maximum_amount" IS 'custom: highest amount in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."preset_amount" IS 'custom: amount filled in at first, in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."seat_tiers" IS 'seat_based: price a seat by number of seats';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."unit_amount" IS 'metered_unit: price a unit in minor units, with 12 decimals';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."cap_amount" IS 'metered: most that is charged in a period, in minor units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."meter_id" IS 'metered: meter that counts the units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."meter" IS 'metered: name and unit of the meter';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."tiers" IS 'unit_based, metered_tiers: price a unit by number of units';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."minimum_units" IS 'unit_based: fewest units sold';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."maximum_units" IS 'unit_based: most units sold';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."unit_label" IS 'unit_based: name of the unit, by locale and plural form';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."product_prices"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON TABLE "polar"."products" IS 'Products as they are today: Polar joins them live into links and sessions, old ones included';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."id" IS 'Identifier at the source';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."created_at" IS 'When the source created it';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."modified_at" IS 'When the source last changed it; null until the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."name" IS 'Name shown to the customer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."description" IS 'Text shown to the customer';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."visibility" IS 'draft, private or public';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."trial_interval" IS 'day, week, month or year';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."trial_interval_count" IS 'Length of the trial in trial_interval';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."recurring_interval" IS 'day, week, month or year; null for a one-time product';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."recurring_interval_count" IS 'Number of recurring_interval between charges';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."meter_interval" IS 'Interval at which metered usage is charged';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."meter_interval_count" IS 'Number of meter_interval between charges of usage';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."is_recurring" IS 'Whether it is a subscription';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."is_archived" IS 'Whether it is no longer sold';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."organization_id" IS 'Organization it belongs to';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."metadata" IS 'Key-value pairs set by the merchant; sessions do not carry them';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."version_at" IS 'Which state this is: modified_at, or created_at before the first change';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."observed_at" IS 'When the response or webhook that this state came from reached us';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."deleted_at" IS 'When the source was found to have deleted it; null while it exists';--> statement-breakpoint
COMMENT ON COLUMN "polar"."products"."extra" IS 'Fields the API sent that have no column here, and values that did not fit their column';--> statement-breakpoint
COMMENT ON SCHEMA "sync" IS 'Bookkeeping of checkout-sync';--> statement-breakpoint
COMMENT ON TABLE "sync"."checkpoints" IS 'Walks that are not complete: where the next run goes on';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."stream" IS 'Stream, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."mode" IS 'full or incremental';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."list" IS 'Address of the source and filters of the list; another list is another walk';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."walk_id" IS 'The walk; its pages are in seen_pages';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."started_at" IS 'When the walk started, by our clock';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."source_started_at" IS 'When the walk started, by the clock of the source';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."pages" IS 'Pages stored so far';--> statement-breakpoint
COMMENT ON COLUMN "sync"."checkpoints"."updated_at" IS 'When the last page was stored';--> statement-breakpoint
COMMENT ON TABLE "sync"."leases" IS 'Who walks which stream';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."stream" IS 'Stream, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."token" IS 'Fencing token: grows with each holder, checked in each transaction';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."holder" IS 'Host and process id';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."backend_pid" IS 'Database session of the holder: when it is gone, so is the holder';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."backend_started_at" IS 'When that session started';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."acquired_at" IS 'When the holder took the lease';--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."expires_at" IS 'When others may take it unless it is renewed';--> statement-breakpoint
COMMENT ON TABLE "sync"."rejected_records" IS 'Records that cannot be a row, each once';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."stream" IS 'Stream, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."fingerprint" IS 'MD5 of reason and payload';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."record_id" IS 'Id of the record, if it has one';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."reason" IS 'Why it cannot be a row';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."payload" IS 'The record as it came, without secrets';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."first_seen_at" IS 'When it came first';--> statement-breakpoint
COMMENT ON TABLE "sync"."runs" IS 'One row for each time a stream was walked, or went on being walked after an interruption';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."id" IS 'Number of the run';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."stream" IS 'Stream, such as polar.checkouts';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."mode" IS 'full or incremental';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."list" IS 'Address of the source and filters of the list that was walked';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."walk_id" IS 'The walk; an interrupted walk goes on in a later run';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."walk_started_at" IS 'When the walk started, by the clock of the source';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."started_at" IS 'When the run started';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."finished_at" IS 'When the run ended; null while it goes on';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."outcome" IS 'complete or failed; null while it goes on';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."requests" IS 'HTTP requests sent, retries included';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."pages" IS 'Pages stored';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."records" IS 'Different records read';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."total" IS 'What the source says it holds in all';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."inserted" IS 'Records that were new';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."updated" IS 'Records that had changed';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."unchanged" IS 'Records that were stored already';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."tombstoned" IS 'Records found deleted at the source';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."rejected" IS 'Records that cannot be a row; see rejected_records';--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."error" IS 'Why the run failed';--> statement-breakpoint
COMMENT ON TABLE "sync"."seen_pages" IS 'Pages of walks that are not complete, with the ids on each. Unlogged: after a crash of Postgres such a walk starts anew';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seen_pages"."walk_id" IS 'The walk';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seen_pages"."number" IS 'Number of the page in the order it was stored';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seen_pages"."run_id" IS 'Run that stored it';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seen_pages"."span" IS 'Which part of the list the page shows';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seen_pages"."ids" IS 'Ids of its records';
