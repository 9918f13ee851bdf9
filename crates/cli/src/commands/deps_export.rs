//! `deps export`: bills of materials. Stdout is the document and nothing else.

use fleetwright_engine::deps::{export, export_all};
use fleetwright_sbom::{cyclonedx, spdx};
use jiff::Timestamp;

use crate::args::{ExportArgs, ExportFormat};
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};

pub(super) async fn run(context: &Context<'_>, args: &ExportArgs) -> Ended {
    let fleet = context.open().await?;
    let bom = match &args.name {
        Some(name) => export(&fleet, name).await?,
        None => export_all(&fleet).await?,
    };
    let now = Timestamp::from_second(fleet.now().div_euclid(1000));
    let time = now.map_err(Failure::internal)?.to_string();
    context.ui.document(&match args.format {
        ExportFormat::Cyclonedx => cyclonedx(&bom, &time),
        ExportFormat::Spdx => spdx(&bom, &time),
    });
    Ok(Code::Done)
}
