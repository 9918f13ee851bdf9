//! Following the addresses that Locations name, over what is known of each address: a pure walk. What it
//! comes by and does not know is to be fetched; when it knows all, its files are those of the catalog.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::rc::Rc;

use fleetwright_catalog::{
    Base, Entity, EntityRef, Finding, Links, Request, SourceFile, Step, Substitution, Target, UrlPolicy, Walk,
};
use fleetwright_store::{FetchedRow, RepoRow};

use super::followed::{Address, Followed, Use};
use super::pages::{self, Pages};
use crate::fleet::Fleet;

/// A Location to begin with: one that the catalog has without any address being followed.
pub(super) struct Start {
    /// The entity.
    pub(super) entity: Entity,
    /// Where its file is.
    pub(super) base: Base,
    /// The repository's row; `None` for a file beside the configuration.
    pub(super) repo: Option<i64>,
    /// Its file's location.
    pub(super) location: String,
}

/// What is known while a walk goes on.
pub(super) struct Ground<'a> {
    /// The fleet.
    pub(super) fleet: &'a Fleet,
    /// Its repositories.
    pub(super) repos: &'a BTreeMap<i64, RepoRow>,
    /// Where they are seen.
    pub(super) pages: &'a Pages,
    /// What may be fetched.
    pub(super) policy: &'a UrlPolicy,
    /// What is known of addresses, by their names.
    pub(super) held: &'a BTreeMap<String, FetchedRow>,
}

/// A Location on the way.
struct Parent {
    entity: Entity,
    base: Base,
    repo: Option<i64>,
    /// The locations of the files that led here, its own last.
    trail: Vec<String>,
}

/// Something to be visited, and who asks for it.
struct Way {
    address: Address,
    parent: Rc<Parent>,
    request: Request,
}

/// A walk under way.
struct Following<'a> {
    ground: &'a Ground<'a>,
    /// The locations of files whose Locations are followed anyway.
    begun: HashSet<&'a str>,
    walk: Walk,
    queue: VecDeque<Way>,
    followed: Followed,
}

/// Follows every address that is named, as far as it is known.
pub(super) fn follow<'a>(ground: &'a Ground<'a>, starts: &'a [Start]) -> Followed {
    let begun = starts.iter().map(|start| start.location.as_str()).collect();
    let (walk, queue, followed) = (Walk::default(), VecDeque::new(), Followed::default());
    let mut following = Following { ground, begun, walk, queue, followed };
    for Start { entity, base, repo, location } in starts {
        let (entity, base, trail) = (entity.clone(), base.clone(), vec![location.clone()]);
        let parent = Parent { entity, base, repo: *repo, trail };
        following.enqueue(parent, false);
    }
    while let Some(way) = following.queue.pop_front() {
        following.visit(&way);
    }
    following.followed
}

impl Following<'_> {
    /// Queues what a Location names. Of one that the catalog has already, paths were followed.
    fn enqueue(&mut self, parent: Parent, with_paths: bool) {
        let (requests, findings) = fleetwright_catalog::requests(&parent.entity, &parent.base);
        let parent = Rc::new(parent);
        if with_paths {
            findings.into_iter().for_each(|finding| self.tell(&parent, finding));
        }
        for request in requests {
            if !with_paths && !matches!(request.target, Target::Url(_)) {
                continue;
            }
            match self.address(&request.target, parent.repo) {
                Some(address) => self.queue.push_back(Way { address, parent: Rc::clone(&parent), request }),
                None => {
                    let message = format!("`{}` is no file and no address", request.target);
                    self.wrong(&parent, &request, &message, "name a file by its whole address");
                }
            }
        }
    }

    fn address(&self, target: &Target, repo: Option<i64>) -> Option<Address> {
        match target {
            Target::File(path) => Some(Address::File(repo?, path.clone())),
            Target::Glob(pattern) => Some(Address::Files(repo?, pattern.clone())),
            Target::Url(url) => Some(match self.ground.pages.find(url) {
                Some((repo, path)) if path.contains('*') => Address::Files(repo, path),
                Some((repo, path)) => Address::File(repo, path),
                None => {
                    let mut url = url.clone();
                    url.set_fragment(None);
                    Address::Net(url)
                }
            }),
        }
    }

    /// A file's location as Backstage writes it.
    fn location(&self, address: &Address) -> String {
        match address {
            Address::Net(url) => format!("url:{url}"),
            Address::File(repo, path) | Address::Files(repo, path) => match self.ground.repos.get(repo) {
                Some(row) => pages::location(pages::root(self.ground.fleet, row).as_ref(), row, path),
                None => format!("file:{path}"),
            },
        }
    }

    fn base(&self, address: &Address) -> Base {
        match address {
            Address::Net(url) => Base::Url(url.clone()),
            Address::File(repo, path) | Address::Files(repo, path) => {
                let root = self.ground.repos.get(repo).and_then(|row| pages::root(self.ground.fleet, row));
                Base::File { path: path.clone(), root }
            }
        }
    }

    fn visit(&mut self, way: &Way) {
        let (parent, request, location) = (&way.parent, &way.request, self.location(&way.address));
        if let Some(at) = parent.trail.iter().position(|step| *step == location) {
            let circle = parent.trail.get(at..).unwrap_or_default().join(" -> ");
            let message = format!("Locations name one another in a circle: {circle} -> {location}");
            return self.wrong(parent, request, &message, "take one of the targets out");
        }
        if self.begun.contains(location.as_str()) {
            return;
        }
        match self.walk.enter(&location, parent.trail.len()) {
            Ok(Step::Seen) => return,
            Ok(Step::Read) => {}
            Err(error) => {
                return self.wrong(parent, request, &error.to_string(), "name the files in one Location");
            }
        }
        let purpose = if matches!(way.address, Address::Files(..)) { Use::Content } else { Use::Catalog };
        match self.known(&way.address, purpose) {
            Err((message, remedy)) => self.wrong(parent, request, &message, &remedy),
            Ok(Some(row)) if row.missing && request.optional => {}
            Ok(Some(row)) => match &way.address {
                Address::Files(repo, _) => self.several(*repo, way, &row),
                _ => self.file(way, location, &row),
            },
            Ok(None) => {}
        }
    }

    /// What is known of an address, which must be known from now on; or why it may not be.
    fn known(&mut self, address: &Address, purpose: Use) -> Result<Option<FetchedRow>, (String, String)> {
        if let Address::Net(url) = address {
            if url.path().contains('*') {
                let remedy =
                    "name the files one by one; patterns are followed within repositories of the fleet";
                return Err((format!("{url}: nobody can list what fits a pattern there"), remedy.to_owned()));
            }
            if let Err(why) = self.ground.policy.url(url) {
                let remedy = fleetwright_fetch::FetchError::Refused(why.clone()).remedy();
                return Err((format!("it was not fetched: {why}"), remedy.to_owned()));
            }
        }
        let key = address.key();
        let row = self.ground.held.get(&key).cloned();
        let known = self.followed.named.entry(key).or_insert_with(|| (address.clone(), purpose));
        if purpose == Use::Content {
            known.1 = Use::Content;
        }
        Ok(row)
    }

    /// Queues the files that fit a pattern.
    fn several(&mut self, repo: i64, way: &Way, row: &FetchedRow) {
        let paths = row.text.iter().flat_map(|text| text.lines());
        for path in paths {
            let address = Address::File(repo, path.to_owned());
            let (parent, request) = (Rc::clone(&way.parent), way.request.clone());
            self.queue.push_back(Way { address, parent, request });
        }
        self.fault(way, row);
    }

    /// Takes a file in, and what it leads to.
    fn file(&mut self, way: &Way, location: String, row: &FetchedRow) {
        let (parent, label) = (&way.parent, way.address.key());
        let base = self.base(&way.address);
        let repo = match &way.address {
            Address::Net(_) => None,
            Address::File(repo, _) | Address::Files(repo, _) => Some(*repo),
        };
        if let Address::Net(_) = way.address {
            let home = self.home(parent, &way.request);
            self.followed.homes.insert(label.clone(), home);
        }
        let mut rows = Vec::new();
        let mut next = Vec::new();
        for read in row.text.iter().flat_map(|text| fleetwright_catalog::read(&label, text)) {
            let read =
                read.map_err(|finding| vec![finding]).and_then(|entity| self.whole(entity, (&base, repo)));
            match read {
                Ok(entity) => {
                    if entity.kind() == "Location" {
                        let trail = parent.trail.iter().cloned().chain([location.clone()]).collect();
                        next.push(Parent { entity: entity.clone(), base: base.clone(), repo, trail });
                    }
                    rows.push(Ok(entity));
                }
                Err(findings) => rows.extend(findings.into_iter().map(Err)),
            }
        }
        let links = match (&way.address, repo.and_then(|repo| self.ground.repos.get(&repo))) {
            (Address::Net(url), _) => pages::links_of_address(self.ground.fleet, url),
            (_, Some(row)) => pages::links(self.ground.fleet, row, &location),
            (_, None) => Links::default(),
        };
        self.followed.files.push(SourceFile {
            origin: parent.trail.first().cloned().unwrap_or_default(),
            links,
            parent: Some(parent.entity.entity_ref()),
            orphan: false,
            stale: !row.fault.is_empty(),
            location,
            rows,
        });
        self.fault(way, row);
        next.into_iter().for_each(|parent| self.enqueue(parent, true));
    }

    /// Says that the newest version of an address is not taken, to the file that stands for it.
    fn fault(&mut self, way: &Way, row: &FetchedRow) {
        if row.fault.is_empty() {
            return;
        }
        let message = format!("{}: {}", way.address.shown(), row.fault);
        let finding = self.finding(&way.parent, &way.request, &message, &row.remedy);
        let same = self.followed.files.last_mut().filter(|_| !matches!(way.address, Address::Files(..)));
        match same {
            Some(file) => file.rows.push(Err(finding)),
            None => self.tell(&way.parent, finding),
        }
    }

    /// The entity with what its placeholders stand for. While that is not known, there is none.
    fn whole(&mut self, entity: Entity, (base, repo): (&Base, Option<i64>)) -> Result<Entity, Vec<Finding>> {
        let (wanted, mut findings) = fleetwright_catalog::substitutions(&entity, base);
        let mut answers: Vec<(Substitution, String)> = Vec::new();
        let mut open = false;
        for asked in wanted {
            let place = entity.place();
            let finding = |message: String, remedy: String| Finding {
                file: entity.file().to_owned(),
                line: place.line as usize,
                column: place.column as usize,
                key: asked.key(),
                message,
                remedy,
            };
            let Some(address) = self.address(&asked.target, repo) else { continue };
            match self.known(&address, Use::Content) {
                Err((message, remedy)) => findings.push(finding(message, remedy)),
                Ok(Some(FetchedRow { text: Some(text), .. })) => answers.push((asked, text)),
                Ok(Some(row)) => {
                    let message = format!("{}: {}", address.shown(), row.fault);
                    findings.push(finding(message, row.remedy));
                }
                Ok(None) => open = true,
            }
        }
        match () {
            () if !findings.is_empty() || open => Err(findings),
            () if answers.is_empty() => Ok(entity),
            () => fleetwright_catalog::substitute(entity, &answers),
        }
    }

    /// A finding about a target of a Location, where a person can read it.
    fn finding(&self, parent: &Parent, request: &Request, message: &str, remedy: &str) -> Finding {
        parent.entity.finding(request.key, request.row, message.to_owned(), remedy)
    }

    fn wrong(&mut self, parent: &Parent, request: &Request, message: &str, remedy: &str) {
        let finding = self.finding(parent, request, message, remedy);
        self.tell(parent, finding);
    }

    /// A finding that belongs to no file but the Location's own.
    fn tell(&mut self, parent: &Parent, finding: Finding) {
        let parent: Option<EntityRef> = Some(parent.entity.entity_ref());
        self.followed.files.push(SourceFile { parent, rows: vec![Err(finding)], ..SourceFile::default() });
    }

    /// Where findings about a file of the network are told: at the first Location of its trail.
    fn home(&self, parent: &Parent, request: &Request) -> Finding {
        let own = self.finding(parent, request, "", "");
        Finding { key: String::new(), ..self.followed.homes.get(&own.file).cloned().unwrap_or(own) }
    }
}
