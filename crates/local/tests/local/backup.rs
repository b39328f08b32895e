//! Backup, restore and verify of a data directory, beside a server that works.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use deskside_domain::{
    Key, Row, Time,
    attachment::AttachmentState,
    id::{PersonId, RequestId},
    secret::Secret,
};
use deskside_local::{Machine, backup, restore, verify};
use deskside_ports::{
    Accounts, Blobs, Store,
    blobs::Upload,
    contract::rows::{answer, attachment, command, commit, desk, org, person, put, request, uuid},
    store::CommitError,
};
use tempfile::TempDir;

struct Places {
    directory: TempDir,
}

impl Places {
    fn fresh() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn open(&self, name: &str) -> Machine {
        deskside_local::open(&self.at(name)).unwrap()
    }
}

fn upload(name: &str) -> Upload {
    Upload {
        name: name.to_owned(),
        kind: "attachment".to_owned(),
        owner: "ana".to_owned(),
        length: None,
        offset: 0,
        touched_at: Time(1),
        closed: false,
    }
}

async fn fill(machine: &Machine) -> String {
    let mut shot = attachment(40, 20);
    shot.state = AttachmentState::Stored;
    let name = shot.id.to_string();
    machine.blobs.create(upload(&name)).await.unwrap();
    let token = machine.blobs.take_writer(&name).await.unwrap();
    machine.blobs.append(&name, token, 0, b"picture", Time(1)).await.unwrap();
    machine.blobs.close(&name).await.unwrap();
    machine.blobs.put(&format!("{name}.thumbnail"), Bytes::from_static(b"small")).await.unwrap();
    machine.blobs.create(upload("growing")).await.unwrap();
    let token = machine.blobs.take_writer("growing").await.unwrap();
    machine.blobs.append("growing", token, 0, b"first", Time(1)).await.unwrap();
    machine.accounts.set_password(PersonId(uuid(1)), "hash").await.unwrap();
    let secret = Secret { name: "jitsi".to_owned(), value: "key".to_owned() };
    put(
        &*machine.store,
        [
            org(1),
            Row::Person(person(1, "Ana")),
            Row::Desk(desk(10)),
            Row::Request(request(20, 10, "printer")),
            Row::Message(answer(30, 20, "switch it on")),
            Row::Attachment(shot),
            Row::Secret(secret),
        ],
    )
    .await;
    machine.store.commit(command("app", 1, vec![])).await.unwrap();
    name
}

fn sound(directory: &Path) {
    let findings = verify(directory).unwrap();
    assert!(findings.is_empty(), "{}: {findings:?}", directory.display());
}

#[tokio::test]
async fn a_backup_of_a_working_server_is_restored_with_a_new_epoch() {
    let places = Places::fresh();
    let machine = places.open("data");
    let name = fill(&machine).await;
    let before = machine.store.snapshot().await.unwrap();
    backup(&places.at("data"), &places.at("nightly")).unwrap();
    sound(&places.at("data"));
    sound(&places.at("nightly"));

    // What happens afterwards is not in it, nor does it reach into it.
    machine.store.commit(commit(vec![org(2)])).await.unwrap();
    let token = machine.blobs.take_writer("growing").await.unwrap();
    machine.blobs.append("growing", token, 5, b"second", Time(2)).await.unwrap();
    machine.blobs.erase(&name).await.unwrap();

    restore(&places.at("nightly"), &places.at("again")).unwrap();
    sound(&places.at("again"));
    let again = places.open("again");
    let (cursor, state) = again.store.snapshot().await.unwrap();
    assert_eq!(state, before.1);
    assert_eq!(cursor.seq, before.0.seq);
    assert_ne!(cursor.epoch, before.0.epoch, "clients must notice");
    assert!((1..1 << 53).contains(&cursor.epoch), "browsers hold it as a number");
    assert_eq!(again.blobs.read(&name, 0, 100).await.unwrap(), "picture");
    assert_eq!(again.blobs.get(&format!("{name}.thumbnail")).await.unwrap().unwrap(), "small");
    assert_eq!(again.blobs.read("growing", 0, 100).await.unwrap(), "first");
    assert!(again.accounts.password("1@numbra.example").await.unwrap().is_some());
    let found = again.store.search("printer", 5, Box::new(|_, _| true)).await.unwrap();
    assert_eq!(found[0].request, RequestId(uuid(20)));
    assert!(again.store.row(&Key::Secret("jitsi".to_owned())).await.unwrap().rows().next().is_some());
    let duplicate = again.store.commit(command("app", 1, vec![])).await;
    assert!(matches!(duplicate, Err(CommitError::Duplicate(_))));

    // Uploads go on in both without touching each other.
    let token = again.blobs.take_writer("growing").await.unwrap();
    again.blobs.append("growing", token, 5, b"other", Time(3)).await.unwrap();
    assert_eq!(machine.blobs.read("growing", 0, 100).await.unwrap(), "firstsecond");
    assert_eq!(again.blobs.read("growing", 0, 100).await.unwrap(), "firstother");

    restore(&places.at("nightly"), &places.at("third")).unwrap();
    let third = places.open("third").store.head().await.unwrap();
    assert_ne!(third.epoch, cursor.epoch, "two restores of one backup are two histories");
}

#[tokio::test]
async fn nothing_is_ever_overwritten() {
    let places = Places::fresh();
    drop(places.open("data"));
    backup(&places.at("data"), &places.at("nightly")).unwrap();
    assert!(backup(&places.at("data"), &places.at("nightly")).is_err());
    assert!(restore(&places.at("nightly"), &places.at("data")).is_err());
    assert!(backup(&places.at("nowhere"), &places.at("other")).is_err());
    assert!(!places.at("other").exists() && !places.at("nowhere").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_taken_while_everything_changes_are_sound() {
    let places = Places::fresh();
    let machine = Arc::new(places.open("data"));
    fill(&machine).await;
    let changes = tokio::spawn({
        let machine = Arc::clone(&machine);
        async move {
            for n in 0.. {
                let row = Row::Person(person(100 + n % 50, &format!("version {n}")));
                if let Err(error) = machine.store.commit(commit(vec![row])).await {
                    panic!("{error}");
                }
                let name = format!("upload-{}", n % 7);
                machine.blobs.create(upload(&name)).await.unwrap();
                let token = machine.blobs.take_writer(&name).await.unwrap();
                machine.blobs.append(&name, token, 0, &[7; 999], Time(1)).await.unwrap();
                if n % 3 == 0 {
                    machine.blobs.close(&name).await.unwrap();
                }
                machine.blobs.erase(&name).await.unwrap();
            }
        }
    });
    for n in 0..10 {
        let (data, to) = (places.at("data"), places.at(&format!("backup-{n}")));
        let copied = to.clone();
        tokio::task::spawn_blocking(move || backup(&data, &copied)).await.unwrap().unwrap();
        sound(&to);
    }
    assert!(!changes.is_finished(), "the changes stopped early");
    changes.abort();
}

#[tokio::test]
async fn verify_names_what_is_broken() {
    let places = Places::fresh();
    let machine = places.open("data");
    let name = fill(&machine).await;
    drop(machine);
    let data = places.at("data");
    let database = rusqlite::Connection::open(data.join("deskside.db")).unwrap();
    let expect = |break_it: &str, part: &str| {
        let copy = places.at("broken");
        let _ = std::fs::remove_dir_all(&copy);
        backup(&data, &copy).unwrap();
        let broken = rusqlite::Connection::open(copy.join("deskside.db")).unwrap();
        broken.execute_batch(break_it).unwrap();
        drop(broken);
        let findings = verify(&copy).unwrap();
        assert!(findings.iter().any(|finding| finding.to_string().contains(part)), "{part}: {findings:?}");
    };
    expect("delete from log where seq = 3", "log 4");
    expect("update head set seq = 99", "ends before 99");
    expect("delete from rows where kind = 'desk'", "leads to");
    expect("update rows set body = '{}' where kind = 'org'", "can't be read");
    expect("update rows set archived = 1 where kind = 'request'", "what reads look for");
    expect("update texts set text = 'other' where answer = 0", "search holds");
    expect("update uploads set offset = 1000 where name = 'growing'", "holds 5 of 1000");
    expect("delete from uploads where closed = 1", "its bytes are not there");
    expect("update clients set last_n = 0", "never given");
    expect("insert into due values ('org', x'', 'x', 1, '{}')", "due x");
    expect("insert into words (words) values ('delete-all')", "search index words");
    drop(database);

    std::fs::remove_file(data.join("blobs/uploads").join(&name)).unwrap();
    let findings = verify(&data).unwrap();
    assert!(findings.iter().any(|finding| finding.about.contains(&name)), "{findings:?}");
    let refused = backup(&data, &places.at("lossy")).unwrap_err();
    assert!(refused.to_string().contains("missing"), "{refused}");
}

#[tokio::test]
async fn one_server_per_data_directory() {
    let places = Places::fresh();
    let machine = places.open("data");
    let Err(second) = deskside_local::open(&places.at("data")) else {
        panic!("two servers on one directory")
    };
    assert!(second.to_string().contains("another Deskside server"), "{second}");
    drop(machine);
    drop(places.open("data"));
}

#[tokio::test]
async fn what_a_crash_left_of_an_erasure_is_removed_at_start() {
    let places = Places::fresh();
    let machine = places.open("data");
    let name = fill(&machine).await;
    drop(machine);
    let file = places.at("data").join("blobs/uploads").join(&name);
    let database = rusqlite::Connection::open(places.at("data").join("deskside.db")).unwrap();
    database.execute("delete from uploads where name = ?1", [&name]).unwrap();
    drop(database);
    assert!(file.exists());
    let machine = places.open("data");
    assert!(!file.exists());
    assert_eq!(machine.blobs.read("growing", 0, 100).await.unwrap(), "first");
}

#[tokio::test]
async fn the_database_put_aside_by_an_upgrade_goes_once_the_new_version_has_started() {
    let places = Places::fresh();
    let machine = places.open("data");
    let kept = places.at("data").join("deskside.db.before-upgrade");
    std::fs::write(&kept, b"older").unwrap();
    machine.has_started().unwrap();
    assert!(!kept.exists());
    machine.has_started().unwrap();
}
