/**
 * The statements of read models, in a quoted schema. In each, $1 is the trail. Documents come as one JSON text, an array of
 * [key, document as text], so that a statement has few parameters however many there are.
 */
export function readModelTexts(quoted: string) {
  const columns = 'g.generation::text as id, g.version::text, g.state, g.position::text';
  const active = `${quoted}.generations g
    where g.trail = $1 and g.projection = $2 and g.version = $3::integer and g.state = 'active'`;
  return {
    generations: `select ${columns} from ${quoted}.generations g
      where g.trail = $1 and g.projection = $2 and g.state <> 'dropped' order by g.generation desc`,

    begin: `insert into ${quoted}.generations (trail, projection, version, state, position)
      values ($1, $2, $3::integer, 'building', 0) 
      on conflict (trail, projection, version, state) where state <> 'dropped' do nothing`,

    building: `select ${columns} from ${quoted}.generations g
      where g.trail = $1 and g.projection = $2 and g.version = $3::integer and g.state = 'building'`,

    load: `select d.key, d.document::text from pg_catalog.json_array_elements_text($3::json) asked (key)
      join ${quoted}.documents d on d.trail = $1 and d.generation = $2::bigint and d.key = asked.key`,

    // Nobody else is at $3 once the row is locked: whoever waited for it finds it moved, and changes nothing.
    apply: `with moved as (
        update ${quoted}.generations set position = $4::bigint
        where trail = $1 and generation = $2::bigint and position = $3::bigint and state <> 'dropped' returning generation
      ), put as (
        insert into ${quoted}.documents (trail, generation, key, document)
        select $1, moved.generation, changed.value ->> 0, (changed.value ->> 1)::json
        from moved, pg_catalog.json_array_elements($5::json) changed
        on conflict (trail, generation, key) do update set document = excluded.document
      ), gone as (
        delete from ${quoted}.documents d using moved, pg_catalog.json_array_elements_text($6::json) gone (key)
        where d.trail = $1 and d.generation = moved.generation and d.key = gone.key
      )
      select generation::text from moved`,

    lock: `select ${columns} from ${quoted}.generations g
      where g.trail = $1 and g.projection = $2 and g.state <> 'dropped' order by g.generation for update`,

    drop: `update ${quoted}.generations set state = 'dropped'
      where trail = $1 and generation = any (pg_catalog.string_to_array($2, ',')::bigint[])`,

    activate: `update ${quoted}.generations set state = 'active' where trail = $1 and generation = $2::bigint`,

    dropped: `select g.generation::text as id from ${quoted}.generations g
      where g.trail = $1 and g.projection = $2 and g.state = 'dropped'`,

    sweep: `with swept as (
        delete from ${quoted}.documents where (trail, generation, key) in (
          select d.trail, d.generation, d.key from ${quoted}.documents d
          where d.trail = $1 and d.generation = $2::bigint limit $3::integer
        ) returning key
      )
      select pg_catalog.count(*)::text as count from swept`,

    forget: `delete from ${quoted}.generations where trail = $1 and generation = $2::bigint and state = 'dropped'`,

    read: `select g.position::text, d.key, d.document::text from (select * from ${active}) g
      left join ${quoted}.documents d on d.trail = g.trail and d.generation = g.generation and d.key = $4`,

    list: `select g.position::text, d.key, d.document::text from (select * from ${active}) g
      left join lateral (
        select * from ${quoted}.documents d
        where d.trail = g.trail and d.generation = g.generation and d.key > $4
        order by d.key limit $5::integer
      ) d on true
      order by d.key`,

    // What is no list, or has not both texts, counts as nothing.
    tally: `select t.by, t.count::text, t.least from (select * from ${active}) g
      left join lateral (
        select one.value ->> $5::text as by, pg_catalog.count(*) as count,
          pg_catalog.min((one.value ->> $6::text) collate pg_catalog."C") as least
        from (
          select case when $4::text = '' then d.document else d.document -> $4::text end as list
          from ${quoted}.documents d where d.trail = g.trail and d.generation = g.generation
        ) d, pg_catalog.json_array_elements(case pg_catalog.json_typeof(d.list) when 'array' then d.list end) one
        where one.value ->> $5::text is not null and one.value ->> $6::text is not null
        group by one.value ->> $5::text
      ) t on true`,
  };
}
