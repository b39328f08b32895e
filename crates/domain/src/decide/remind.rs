//! Who is told that they owe something, and that it is late. The one place that says so: what is shown to somebody
//! who looks elsewhere, in a browser and in the app, is what stands here, whatever the app knows besides.

use crate::{
    care::{Late, Owed, Reminder},
    decide::{alarm::leads, vigil::Moment},
    id::PersonId,
    request::Request,
};

/// The reminders that `request` gives as it is. What is promised reminds its giver first; what stays late reminds
/// deputy and owner of the desk too, or of a private request those asked.
pub(crate) fn reminders(moment: &Moment<'_>, request: &Request) -> Vec<Reminder> {
    let care = &request.care;
    let mut found: Vec<Reminder> = Vec::new();
    let mut remind = |people: &[PersonId], of: Owed| {
        for &person in people {
            let reminder = Reminder { person, of };
            if !found.contains(&reminder) {
                found.push(reminder);
            }
        }
    };
    if let Some(callback) = &care.callback {
        remind(&callback.paged, Owed::Callback);
    }
    if let Some(follow_up) = care.follow_up.as_ref().filter(|follow_up| follow_up.done.is_none()) {
        if follow_up.late {
            remind(&[follow_up.by], Owed::LateFollowUp);
            remind(&leads(moment.desk, request), Owed::LateFollowUp);
        } else {
            remind(&[follow_up.by], Owed::FollowUp);
        }
    }
    if care.update_late != Late::No {
        remind(request.owner.as_slice(), Owed::Update);
    }
    if care.update_late == Late::DeskTold {
        remind(&leads(moment.desk, request), Owed::Update);
    }
    found
}
