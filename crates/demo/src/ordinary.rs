//! The repositories with nothing odd about them.

use crate::log4j;
use crate::plan::Plan;
use crate::template::{CARGO, Ecosystem, GO, GRADLE, MAVEN, NPM, PYTHON};

/// Owner and name, and what it is built with.
type Row = (&'static str, &'static Ecosystem);

const SERVICES: &[Row] = &[
    ("acme/accounts", &MAVEN),
    ("acme/catalogue", &MAVEN),
    ("acme/checkout", &MAVEN),
    ("acme/images", &CARGO),
    ("acme/mailer", &MAVEN),
    ("acme/recommendations", &PYTHON),
    ("acme/search", &MAVEN),
    ("acme/shop-frontend", &NPM),
    ("data/dashboards", &NPM),
    ("data/feature-store", &GRADLE),
    ("data/geo-lookup", &CARGO),
    ("data/report-mailer", &PYTHON),
    ("data/stream-router", &GRADLE),
    ("data/warehouse-loader", &MAVEN),
    ("mobile/app-config", &MAVEN),
    ("mobile/crash-intake", &GRADLE),
    ("mobile/deep-links", &GRADLE),
    ("mobile/feature-flags", &MAVEN),
    ("mobile/push-gateway", &MAVEN),
    ("payments/card-vault", &MAVEN),
    ("payments/exchange-rates", &MAVEN),
    ("payments/fraud-score", &PYTHON),
    ("payments/invoices", &MAVEN),
    ("payments/ledger", &MAVEN),
    ("payments/refunds", &MAVEN),
    ("payments/settlement", &MAVEN),
    ("platform/api-gateway", &MAVEN),
    ("platform/build-cache", &CARGO),
    ("platform/log-shipper", &MAVEN),
    ("platform/mesh-agent", &GRADLE),
    ("platform/quota", &MAVEN),
    ("platform/secrets-broker", &GO),
];

const LIBRARIES: &[Row] = &[
    ("acme/date-format", &NPM),
    ("acme/locale-data", &PYTHON),
    ("acme/ui-kit", &NPM),
    ("data/event-schema", &PYTHON),
    ("mobile/sdk-java", &MAVEN),
    ("payments/money-types", &MAVEN),
    ("platform/fat-logger", &MAVEN),
    ("platform/parent-pom", &MAVEN),
    ("platform/retry-go", &GO),
];

/// All of them; their places in the fleet begin at 0.
pub(crate) fn plans() -> Vec<Plan> {
    let services = SERVICES.iter().enumerate().map(|(index, (name, ecosystem))| {
        let mut plan = Plan::service(name, index, ecosystem);
        if name.starts_with("payments/") {
            plan.repo_json = Some("{ \"topics\": [\"pci\"] }\n");
        }
        plan
    });
    let libraries = LIBRARIES.iter().enumerate();
    let libraries =
        libraries.map(|(index, (name, ecosystem))| Plan::library(name, SERVICES.len() + index, ecosystem));
    let mut plans: Vec<Plan> = services.chain(libraries).collect();
    plans.iter_mut().for_each(log4j::dress);
    plans
}
