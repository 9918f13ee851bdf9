//! `deps export`: bills of materials. Stdout is the document and nothing else.

use fleetwright_engine::deps::{export, export_all};
use fleetwright_sbom::{Sink, cyclonedx, spdx};
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
    // A reader that went away is no fault of ours: there is nobody left to tell.
    let _ = context.ui.stream(|out, clean| {
        let sink = Sink { out, clean };
        match args.format {
            ExportFormat::Cyclonedx => cyclonedx(&bom, &time, sink),
            ExportFormat::Spdx => spdx(&bom, &time, sink),
        }
    });
    Ok(Code::Done)
}
