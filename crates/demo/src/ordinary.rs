//! The repositories with nothing odd about them.

use crate::plan::Plan;
use crate::template::{CARGO, Ecosystem, GO, MAVEN, NPM, PYTHON};

/// Owner and name, and what it is built with.
type Row = (&'static str, &'static Ecosystem);

const SERVICES: &[Row] = &[
    ("acme/accounts", &MAVEN),
    ("acme/catalogue", &MAVEN),
    ("acme/checkout", &NPM),
    ("acme/images", &CARGO),
    ("acme/mailer", &NPM),
    ("acme/recommendations", &PYTHON),
    ("acme/search", &PYTHON),
    ("acme/shop-frontend", &NPM),
    ("data/dashboards", &NPM),
    ("data/feature-store", &PYTHON),
    ("data/geo-lookup", &CARGO),
    ("data/report-mailer", &PYTHON),
    ("data/stream-router", &GO),
    ("data/warehouse-loader", &PYTHON),
    ("mobile/app-config", &NPM),
    ("mobile/crash-intake", &GO),
    ("mobile/deep-links", &NPM),
    ("mobile/feature-flags", &NPM),
    ("mobile/push-gateway", &GO),
    ("payments/card-vault", &MAVEN),
    ("payments/exchange-rates", &GO),
    ("payments/fraud-score", &PYTHON),
    ("payments/invoices", &MAVEN),
    ("payments/ledger", &MAVEN),
    ("payments/refunds", &MAVEN),
    ("payments/settlement", &MAVEN),
    ("platform/api-gateway", &GO),
    ("platform/build-cache", &CARGO),
    ("platform/log-shipper", &CARGO),
    ("platform/mesh-agent", &CARGO),
    ("platform/quota", &GO),
    ("platform/secrets-broker", &GO),
];

const LIBRARIES: &[Row] = &[
    ("acme/date-format", &NPM),
    ("acme/locale-data", &PYTHON),
    ("acme/ui-kit", &NPM),
    ("data/column-codec", &CARGO),
    ("data/event-schema", &PYTHON),
    ("mobile/sdk-java", &MAVEN),
    ("payments/money-types", &MAVEN),
    ("platform/config-rs", &CARGO),
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
    services.chain(libraries).collect()
}
