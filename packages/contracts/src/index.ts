export { runClosedV1Schema, runClosedV1Subject, type RunClosedV1 } from './broadcasts/run-closed.v1.js';
export { errorCatalogue, type CatalogueEntry } from './errors/catalogue.js';
export { failureMessage, failureOf, failureSchema, type Failure } from './errors/failure.js';
export {
  syncErrorCodes,
  type FailureDirective,
  type FailureSource,
  type SyncErrorCode,
} from './errors/sync-error-code.js';
export { SyncError } from './errors/sync-error.js';
export { accountLimitNames, type AccountLimitName, type AccountLimits } from './events/account-limits.js';
export {
  sourceVersionSchema,
  type Destination,
  type ImportOptions,
  type SourceVersion,
  type Validation,
} from './events/parts.js';
export {
  runEventConsumers,
  runEventMessageId,
  runEventProducers,
  runEventSchemas,
  type RunEvent,
  type RunEventSubject,
} from './events/run-events.js';
export {
  importReportSchema,
  runFinishedV1Subject,
  type ImportReport,
  type LoadedColumn,
  type SchemaChange,
  type RunFinishedV1,
  type RunOutcome,
} from './events/run-finished.v1.js';
export { runRequestedV1Subject, type RunRequestedV1 } from './events/run-requested.v1.js';
export { runStagedV1Subject, type RunStagedV1, type StagedFileReference } from './events/run-staged.v1.js';
export { runStartedV1Subject, type RunStartedV1 } from './events/run-started.v1.js';
export {
  feedMessageSchema,
  feedSubject,
  feedSubjectOfAccount,
  progressPhases,
  type FeedMessage,
  type Progress,
} from './feed/feed-message.js';
export {
  beginConnectionV1Pattern,
  beginConnectionV1ReplySchema,
  beginConnectionV1RequestSchema,
  type BeginConnectionV1Reply,
  type BeginConnectionV1Request,
} from './questions/connections/begin-connection.v1.js';
export {
  authorizeConnectionV1Pattern,
  authorizeConnectionV1ReplySchema,
  authorizeConnectionV1RequestSchema,
  type AuthorizeConnectionV1Reply,
  type AuthorizeConnectionV1Request,
} from './questions/connections/authorize-connection.v1.js';
export {
  completeConnectionV1Pattern,
  completeConnectionV1ReplySchema,
  completeConnectionV1RequestSchema,
  type CompleteConnectionV1Reply,
  type CompleteConnectionV1Request,
} from './questions/connections/complete-connection.v1.js';
export {
  checkConnectionV1Pattern,
  checkConnectionV1ReplySchema,
  checkConnectionV1RequestSchema,
  type CheckConnectionV1Reply,
  type CheckConnectionV1Request,
} from './questions/connections/check-connection.v1.js';
export {
  listConnectionsV1Pattern,
  listConnectionsV1ReplySchema,
  listConnectionsV1RequestSchema,
  type Connection,
  type ListConnectionsV1Reply,
  type ListConnectionsV1Request,
} from './questions/connections/list-connections.v1.js';
export {
  revokeConnectionV1Pattern,
  revokeConnectionV1ReplySchema,
  revokeConnectionV1RequestSchema,
  type RevokeConnectionV1Reply,
  type RevokeConnectionV1Request,
} from './questions/connections/revoke-connection.v1.js';
export {
  listServiceFilesV1Pattern,
  listServiceFilesV1ReplySchema,
  listServiceFilesV1RequestSchema,
  serviceFileFilters,
  type ServiceFile,
  type ListServiceFilesV1Reply,
  type ListServiceFilesV1Request,
} from './questions/connections/list-service-files.v1.js';
export { connectionReference, type ConnectionState, type PushState } from './questions/connections/parts.js';
export {
  cancelRunV1Pattern,
  cancelRunV1ReplySchema,
  cancelRunV1RequestSchema,
  type CancelRunV1Reply,
  type CancelRunV1Request,
} from './questions/cancel-run.v1.js';
export {
  describeRunV1Pattern,
  describeRunV1ReplySchema,
  describeRunV1RequestSchema,
  type DescribeRunV1Reply,
  type DescribeRunV1Request,
  type RunDescription,
} from './questions/describe-run.v1.js';
export {
  isRunOpenV1Pattern,
  isRunOpenV1ReplySchema,
  isRunOpenV1RequestSchema,
  type IsRunOpenV1Reply,
  type IsRunOpenV1Request,
} from './questions/is-run-open.v1.js';
export {
  isTableThereV1Pattern,
  isTableThereV1ReplySchema,
  isTableThereV1RequestSchema,
  type IsTableThereV1Reply,
  type IsTableThereV1Request,
} from './questions/is-table-there.v1.js';
export {
  listRejectedRowsV1Pattern,
  listRejectedRowsV1ReplySchema,
  listRejectedRowsV1RequestSchema,
  type ListRejectedRowsV1Reply,
  type ListRejectedRowsV1Request,
  type RejectedRow,
} from './questions/list-rejected-rows.v1.js';
export {
  listLoginsV1Pattern,
  listLoginsV1ReplySchema,
  listLoginsV1RequestSchema,
  type ListLoginsV1Reply,
  type ListLoginsV1Request,
} from './questions/logins/list-logins.v1.js';
export {
  createLoginV1Pattern,
  createLoginV1ReplySchema,
  createLoginV1RequestSchema,
  type CreateLoginV1Reply,
  type CreateLoginV1Request,
} from './questions/logins/create-login.v1.js';
export {
  rotateLoginV1Pattern,
  rotateLoginV1ReplySchema,
  rotateLoginV1RequestSchema,
  type RotateLoginV1Reply,
  type RotateLoginV1Request,
} from './questions/logins/rotate-login.v1.js';
export {
  revokeLoginV1Pattern,
  revokeLoginV1ReplySchema,
  revokeLoginV1RequestSchema,
  type RevokeLoginV1Reply,
  type RevokeLoginV1Request,
} from './questions/logins/revoke-login.v1.js';
export {
  whichActiveV1Pattern,
  whichActiveV1ReplySchema,
  whichActiveV1RequestSchema,
  type WhichActiveV1Reply,
  type WhichActiveV1Request,
} from './questions/which-active.v1.js';
export { type Login, type LoginPlace } from './questions/logins/parts.js';
export {
  whichExistV1Pattern,
  whichExistV1ReplySchema,
  whichExistV1RequestSchema,
  type WhichExistV1Reply,
  type WhichExistV1Request,
} from './questions/which-exist.v1.js';
export {
  keepCredentialsV1Pattern,
  keepCredentialsV1ReplySchema,
  keepCredentialsV1RequestSchema,
  type KeepCredentialsV1Reply,
  type KeepCredentialsV1Request,
} from './questions/keep-credentials.v1.js';
export {
  pushBodyBytesMax,
  receivePushV1Pattern,
  receivePushV1ReplySchema,
  receivePushV1RequestSchema,
  type ReceivePushV1Reply,
  type ReceivePushV1Request,
} from './questions/receive-push.v1.js';
export {
  cancelPlanV1Pattern,
  cancelPlanV1ReplySchema,
  cancelPlanV1RequestSchema,
  type CancelPlanV1Reply,
  type CancelPlanV1Request,
} from './questions/cancel-plan.v1.js';
export {
  planFileV1Pattern,
  planFileV1ReplySchema,
  planFileV1RequestSchema,
  type PlanFileV1Reply,
  type PlanFileV1Request,
} from './questions/plan-file.v1.js';
export {
  planSourceV1Pattern,
  planSourceV1ReplySchema,
  planSourceV1RequestSchema,
  type PlanSourceV1Reply,
  type PlanSourceV1Request,
} from './questions/plan-source.v1.js';
export { type TablePlan, tablePlanSchema } from './questions/plan-parts.js';
export {
  refreshPushedV1Pattern,
  refreshPushedV1ReplySchema,
  refreshPushedV1RequestSchema,
  type RefreshPushedV1Reply,
  type RefreshPushedV1Request,
} from './questions/refresh-pushed.v1.js';
export {
  deliverWebhookV1Pattern,
  deliverWebhookV1ReplySchema,
  deliverWebhookV1RequestSchema,
  webhookBodyBytesMax,
  type DeliverWebhookV1Reply,
  type DeliverWebhookV1Request,
} from './questions/deliver-webhook.v1.js';
export { rejectReasons, type RejectReason } from './rejects/reject-reason.js';
export type {
  BegunConnectionDto,
  ConnectionDto,
  EndedConnectionDto,
  ServiceFileDto,
  ServiceFilesDto,
} from './rest/connection.dto.js';
export type { RejectedRowsDto } from './rest/rejected-rows.dto.js';
export type { ImportDto, ImportState } from './rest/import.dto.js';
export type {
  CreatedSynchronizationDto,
  SyncNowDto,
  SynchronizationDto,
  SynchronizationListDto,
} from './rest/synchronization.dto.js';
export {
  basicAuthSchema,
  requestHeadersSchema,
  type BasicAuth,
  type RequestHeaders,
} from './sources/request-credentials.js';
export { sourceSchema, storageServices, type Source, type StorageService } from './sources/source.js';
export {
  nextSynchronizationState,
  synchronizationEvents,
  synchronizationStateFacts,
  synchronizationStates,
  synchronizationTransitions,
  type SynchronizationEvent,
  type SynchronizationState,
} from './states/synchronization-state.js';
export {
  deliveryProblemCodes,
  deliveryProblems,
  type DeliveryProblem,
  type DeliveryProblemCode,
} from './webhooks/delivery-problem.js';
export { webhookEventTypes, webhookTestType, type WebhookEventType } from './webhooks/webhook-event-type.js';
