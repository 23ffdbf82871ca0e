import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Secret, Service } from 'kubernetes-types/core/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';

/** The types of Kubernetes, generated from its OpenAPI schema, by apiVersion and kind. */
export interface Manifests {
  'apps/v1 Deployment': Deployment;
  'v1 Secret': Secret;
  'v1 Service': Service;
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget;
}
