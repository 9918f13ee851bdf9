//! `bom`: bills of materials, and who is on which.

use super::{bom_adoption, bom_shift, bom_show};
use crate::args::BomCommand;
use crate::context::{Context, Ended};

pub(super) async fn run(context: &Context<'_>, command: BomCommand) -> Ended {
    match command {
        BomCommand::Show(args) => bom_show::run(context, &args).await,
        BomCommand::Adoption(args) => bom_adoption::run(context, &args).await,
        BomCommand::Shift(args) => bom_shift::run(context, &args).await,
    }
}
