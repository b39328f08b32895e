//! Backup, restore and verify as an administrator does them, with people connected.

use std::{path::Path, time::Instant};

use deskside_protocol::{
    EntityRef,
    feed::{FromServer, ResetReason},
};
use deskside_tests::{
    desksided::{Desksided, desksided, try_desksided},
    server::PATIENCE,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::support::{desk, founder, signed_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_server_makes_apps_start_again_instead_of_mixing_two_histories() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, backup, restored] = ["data", "backup", "restored"].map(|name| folder.path().join(name));
    let server = Desksided::serve(&data, "127.0.0.1:0").expect("serves");
    let listen = server.address.to_string();
    let mut mia = founder(&server).await;
    let desk = desk(&mia).await;
    let kept = mia.asks(desk, "asked before the backup").await;
    mia.follows().await;

    // While it serves, and somebody writes on.
    desksided(&["backup"], &[("--data", &data), ("--to", &backup)]).expect("a backup");
    let lost = mia.asks(desk, "asked after the backup").await;
    let known = mia.cursor;
    mia.hears_until("the later question", |mia| mia.replica.contains_key(&EntityRef::Request(lost))).await;
    assert_eq!(
        desksided(&["verify"], &[("--data", &backup)]).expect("is sound"),
        "everything is in order\n",
        "a backup is a data directory"
    );
    let over = try_desksided(&["restore"], &[("--from", &backup), ("--data", &data)]).expect("runs");
    assert!(!over.status.success(), "nothing is ever overwritten");
    assert!(String::from_utf8_lossy(&over.stderr).contains("is there already"));

    // The disk dies; the backup takes its place at the same address.
    server.kill().expect("killed");
    desksided(&["restore"], &[("--from", &backup), ("--data", &restored)]).expect("restored");
    let server = Desksided::serve(&restored, &listen).expect("serves");
    mia.hears_the_close().await;
    mia.connects().await;
    assert_eq!(mia.hears().await.ok(), Some(FromServer::Reset { reason: ResetReason::Epoch }));
    mia.follows().await;
    assert_ne!(mia.cursor.epoch, known.epoch, "another history");
    mia.verifies().await;
    assert!(mia.replica.contains_key(&EntityRef::Request(kept)), "what the backup holds is there");
    assert!(!mia.replica.contains_key(&EntityRef::Request(lost)), "what it does not hold is gone everywhere");
    // Who had been signed in still is, and the next question gets through.
    assert_eq!(mia.get("/api/v1/sessions").await.status(), 200);
    signed_in(server.address).await.asks(desk, "asked again").await;
    server.end().expect("ends in order");
    assert_eq!(
        desksided(&["verify"], &[("--data", &restored)]).expect("is sound"),
        "everything is in order\n"
    );

    // A page of the database that is not what it was is found. It is one in use: nobody misses what stands in a free one.
    let path = restored.join("deskside.db");
    let database = Connection::open(&path).expect("the database");
    let page_bytes: u32 = database.pragma_query_value(None, "page_size", |row| row.get(0)).expect("reads");
    let root = "select rootpage from sqlite_schema where name = 'rows'";
    let page: u32 = database.query_row(root, [], |row| row.get(0)).expect("the table of rows");
    drop(database);
    let mut bytes = std::fs::read(&path).expect("the database");
    let begin = ((page - 1) * page_bytes) as usize;
    bytes[begin..begin + 64].fill(0xA5);
    std::fs::write(&path, bytes).expect("writes");
    let broken = try_desksided(&["verify"], &[("--data", &restored)]).expect("runs");
    assert!(!broken.status.success(), "{}", String::from_utf8_lossy(&broken.stdout));
}

/// A database as the version before the last step of the schema left it.
fn older_database(data: &Path) -> Connection {
    std::fs::create_dir_all(data).expect("a folder");
    let database = Connection::open(data.join("deskside.db")).expect("a database");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/local/migrations");
    let mut steps: Vec<_> =
        std::fs::read_dir(folder).expect("the steps").map(|step| step.expect("a file").path()).collect();
    steps.sort();
    steps.pop();
    let table = "create table migrations (number integer primary key, name text not null, checksum blob not null) strict";
    database.execute_batch(table).expect("a table");
    for (number, step) in (1..).zip(&steps) {
        let sql = std::fs::read_to_string(step).expect("a step");
        let name =
            step.file_stem().and_then(|name| name.to_str()?.split_once('_')).expect("a number and a name").1;
        database.execute_batch(&sql).expect("applies");
        let checksum = Sha256::digest(sql.as_bytes()).to_vec();
        database
            .execute("insert into migrations values (?1, ?2, ?3)", (number, name, checksum))
            .expect("is noted");
    }
    database.pragma_update(None, "user_version", steps.len() as i64).expect("a version");
    database
}

#[test]
fn an_upgrade_keeps_the_previous_database_until_the_new_version_has_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let database = older_database(&data);
    let before: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).expect("reads");
    // A row that this version can't make sense of: the upgrade itself works, the start must not.
    let broken = "insert into rows (kind, id, rev, body) values ('person', zeroblob(16), 1, '{\"entity\":\"person\"}')";
    database.execute_batch(broken).expect("a row");
    drop(database);

    let refused = try_desksided(&["serve", "--no-backup", "--listen", "127.0.0.1:0"], &[("--data", &data)]);
    let refused = refused.expect("runs");
    assert!(!refused.status.success(), "it does not serve what it can't read");
    let kept = data.join("deskside.db.before-upgrade");
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(why.contains("before-upgrade"), "it says where the previous one is: {why}");

    // What the administrator does: the previous database goes back into its place.
    for gone in ["deskside.db", "deskside.db-wal", "deskside.db-shm"] {
        let _ = std::fs::remove_file(data.join(gone));
    }
    std::fs::rename(&kept, data.join("deskside.db")).expect("it was kept");
    let database = Connection::open(data.join("deskside.db")).expect("opens");
    let back: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).expect("reads");
    assert_eq!(back, before, "as it was before the upgrade");
    database.execute_batch("delete from rows").expect("repaired");
    drop(database);

    let server = Desksided::serve(&data, "127.0.0.1:0").expect("serves");
    let deadline = Instant::now() + PATIENCE;
    while kept.exists() {
        assert!(Instant::now() < deadline, "it has started and still keeps the previous database");
        std::thread::yield_now();
    }
    server.end().expect("ends in order");
}
