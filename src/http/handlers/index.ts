import type { ApiHandlers } from '../handler';
import { createAccountHandlers } from './account';
import { createAdminCurrencyHandlers } from './admin/currencies';
import { createAdminDatabaseHandlers, createAdminFieldHandlers } from './admin/databases';
import { createAdminEventHandlers } from './admin/events';
import { createAdminFeedHandlers } from './admin/feeds';
import { createAdminImportHandlers } from './admin/imports';
import { createMarketSettingHandlers } from './admin/market-settings';
import { createAdminPartnerProductHandlers } from './admin/partner-products';
import { createAdminPartnerHandlers } from './admin/partners';
import { createAdminProfileHandlers } from './admin/profiles';
import { createAdminProgramHandlers } from './admin/programs';
import { createAdminPromoCodePoolHandlers } from './admin/promo-code-pools';
import { createAdminPromotionGroupHandlers } from './admin/promotion-groups';
import { createPromotionTestHandlers } from './admin/promotion-tests';
import { createAdminPromotionHandlers } from './admin/promotions';
import { createAdminReportHandlers } from './admin/reports';
import { createAdminScenarioHandlers } from './admin/scenarios';
import { createAdminSegmentHandlers } from './admin/segments';
import { createAdminSimulationHandlers } from './admin/simulations';
import { createAdminTierGroupHandlers } from './admin/tier-groups';
import { createAdminTokenHandlers } from './admin/tokens';
import { createAdminWebhookHandlers } from './admin/webhooks';
import { createDatabaseHandlers } from './databases';
import { createExportHandlers } from './exports';
import { createProductHandlers, createSkuHandlers } from './goods';
import { createMemberHandlers } from './members';
import { createOrderHandlers } from './orders';
import { createPointsHandlers } from './points';
import { createPreorderHandlers } from './preorders';
import { createProfileHandlers } from './profiles';
import { createPromoCodeHandlers } from './promo-codes';
import { createPromotionHandlers } from './promotions';
import type { Dependencies } from './target';
import { createTransactionHandlers } from './transactions';

/** The handlers of the whole API. */
export function createHandlers(dependencies: Dependencies): ApiHandlers {
  return {
    account: createAccountHandlers(dependencies),
    databases: createDatabaseHandlers(dependencies),
    exports: createExportHandlers(dependencies),
    members: createMemberHandlers(dependencies),
    points: createPointsHandlers(dependencies),
    profiles: createProfileHandlers(dependencies),
    promoCodes: createPromoCodeHandlers(dependencies),
    promotions: createPromotionHandlers(dependencies),
    products: createProductHandlers(dependencies),
    orders: createOrderHandlers(dependencies),
    preorders: createPreorderHandlers(dependencies),
    skus: createSkuHandlers(dependencies),
    adminDatabases: createAdminDatabaseHandlers(dependencies),
    adminFields: createAdminFieldHandlers(dependencies),
    adminSegments: createAdminSegmentHandlers(dependencies),
    adminPrograms: createAdminProgramHandlers(dependencies),
    adminCurrencies: createAdminCurrencyHandlers(dependencies),
    adminPromotions: createAdminPromotionHandlers(dependencies),
    adminPromotionGroups: createAdminPromotionGroupHandlers(dependencies),
    adminPartners: createAdminPartnerHandlers(dependencies),
    adminPartnerProducts: createAdminPartnerProductHandlers(dependencies),
    adminPromotionTests: createPromotionTestHandlers(dependencies),
    adminSimulations: createAdminSimulationHandlers(dependencies),
    adminTierGroups: createAdminTierGroupHandlers(dependencies),
    ...createMarketSettingHandlers(dependencies),
    adminFeeds: createAdminFeedHandlers(dependencies),
    adminPromoCodePools: createAdminPromoCodePoolHandlers(dependencies),
    adminTokens: createAdminTokenHandlers(dependencies),
    adminImports: createAdminImportHandlers(dependencies),
    adminEvents: createAdminEventHandlers(dependencies),
    adminReports: createAdminReportHandlers(dependencies),
    adminProfiles: createAdminProfileHandlers(dependencies),
    adminWebhooks: createAdminWebhookHandlers(dependencies),
    adminScenarios: createAdminScenarioHandlers(dependencies),
    transactions: createTransactionHandlers(dependencies),
  };
}
