#include "app/library/library_impl.h"

namespace lectern::app {

Result<JobRecord> Library::addJob(const JobRecord& job) {
    JobRecord stored = job;
    stored.updatedAtMs = nowMs();
    LECTERN_TRY(
        m_impl->database->run("INSERT INTO jobs (kind, state, payload, progress, message, updated_at) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                              job.kind, job.state, job.payload, job.progress, job.message, stored.updatedAtMs));
    stored.id = m_impl->database->lastInsertId();
    return stored;
}

Result<void> Library::updateJob(const JobRecord& job) {
    return m_impl->database->run(
        "UPDATE jobs SET state = ?2, payload = ?3, progress = ?4, message = ?5, "
        "updated_at = ?6 WHERE id = ?1",
        job.id, job.state, job.payload, job.progress, job.message, nowMs());
}

Result<std::vector<JobRecord>> Library::jobs(const std::string& kind) {
    std::vector<JobRecord> jobs;
    LECTERN_TRY(m_impl->database->query(
        "SELECT id, kind, state, payload, progress, message, updated_at FROM jobs WHERE kind = ?1 ORDER BY id",
        [&](const Row& row) {
            jobs.push_back(
                {row.integer(0), row.text(1), row.text(2), row.text(3), row.real(4), row.text(5), row.integer(6)});
        },
        kind));
    return jobs;
}

Result<void> Library::removeJob(JobRecordId id) {
    return m_impl->database->run("DELETE FROM jobs WHERE id = ?1", id);
}

}  // namespace lectern::app
