import { account } from './account';
import { adminCurrencies } from './admin/currencies';
import { adminDatabases, adminFields } from './admin/databases';
import { adminEvents } from './admin/events';
import { adminFeeds } from './admin/feeds';
import { adminImports } from './admin/imports';
import {
  adminChannels,
  adminGoodsSegments,
  adminLineStatuses,
  adminMarketFields,
  adminMoney,
  adminOrderStatuses,
  adminRegions,
  adminTouchpoints,
} from './admin/market-settings';
import { adminPartnerProducts } from './admin/partner-products';
import { adminPartners } from './admin/partners';
import { adminProfiles } from './admin/profiles';
import { adminPrograms } from './admin/programs';
import { adminPromoCodePools } from './admin/promo-code-pools';
import { adminPromotionGroups } from './admin/promotion-groups';
import { adminPromotionTests } from './admin/promotion-tests';
import { adminPromotions } from './admin/promotions';
import { adminReports } from './admin/reports';
import { adminScenarios } from './admin/scenarios';
import { adminSegments } from './admin/segments';
import { adminSimulations } from './admin/simulations';
import { adminTierGroups } from './admin/tier-groups';
import { adminTokens } from './admin/tokens';
import { adminWebhooks } from './admin/webhooks';
import { databases } from './databases';
import { transactionExports } from './exports';
import { products, skus } from './goods';
import { members } from './members';
import { orders } from './orders';
import { points } from './points';
import { preorders } from './preorder';
import { profiles } from './profiles';
import { promoCodes } from './promo-codes';
import { promotions } from './promotions';
import { transactions } from './transactions';

/** Every endpoint there is, by subject. */
export const subjects = {
  points,
  transactions,
  account,
  exports: transactionExports,
  promotions,
  members,
  profiles,
  databases,
  products,
  skus,
  promoCodes,
  orders,
  preorders,
  adminDatabases,
  adminFields,
  adminSegments,
  adminPrograms,
  adminCurrencies,
  adminPromotions,
  adminPromotionGroups,
  adminPartners,
  adminPartnerProducts,
  adminPromotionTests,
  adminSimulations,
  adminTierGroups,
  adminChannels,
  adminTouchpoints,
  adminMoney,
  adminRegions,
  adminOrderStatuses,
  adminLineStatuses,
  adminMarketFields,
  adminGoodsSegments,
  adminFeeds,
  adminPromoCodePools,
  adminTokens,
  adminEvents,
  adminImports,
  adminReports,
  adminProfiles,
  adminWebhooks,
  adminScenarios,
};
