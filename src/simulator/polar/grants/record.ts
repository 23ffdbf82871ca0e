/** A benefit that a customer has, or had. */
export interface Grant {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  granted_at: string | null;
  is_granted: boolean;
  revoked_at: string | null;
  is_revoked: boolean;
  subscription_id: string | null;
  order_id: string | null;
  customer_id: string;
  member_id: string | null;
  benefit_id: string;
  error: { message: string; type: string; timestamp: string } | null;
  properties: Record<string, unknown>;
  /** The properties before the last change; webhooks alone show them. */
  previous_properties: Record<string, unknown> | null;
}
