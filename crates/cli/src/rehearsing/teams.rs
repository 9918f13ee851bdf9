//! The teams of the fleet's forges, at the forge that is played: who owns what selects the same there.

use fleetwright_engine::fleet::Fleet;
use fleetwright_rehearsal::World;
use fleetwright_rehearsal::model::team::Team;

use crate::failure::Failure;

/// Makes the teams that `fleet` knows. A forge with `nested` groups names each by its own name alone.
pub(super) async fn of_fleet(fleet: &Fleet, world: &World, nested: bool) -> Result<(), Failure> {
    let slug = |path: &str| {
        // As of repositories, what is between owner and name is part of the name.
        let below = path.split_once('/').map_or(path, |(_, below)| below);
        let last = below.rsplit('/').next().filter(|_| nested);
        last.map_or_else(|| below.replace('/', "-"), str::to_owned)
    };
    for team in fleet.store.orgs().await?.into_iter().flat_map(|row| row.teams) {
        let mut state = world.lock();
        for member in team.members.iter().filter(|member| !member.name.is_empty()) {
            let email = Some(member.email.as_str()).filter(|email| !email.is_empty());
            state.call_account(&member.login, &member.name, email);
        }
        state.put_team(Team {
            id: 0,
            org: team.path.split('/').next().unwrap_or_default().to_owned(),
            slug: slug(&team.path),
            name: team.name,
            description: team.description,
            parent: team.parent.as_deref().map(slug),
            members: team.members.into_iter().map(|member| member.login).collect(),
        });
    }
    Ok(())
}
