BEGIN TRANSACTION;
CREATE TABLE journey_format (version INTEGER PRIMARY KEY);
INSERT INTO "journey_format" VALUES(2);
CREATE TABLE journey_seals (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        digests BLOB NOT NULL,
        root BLOB NOT NULL,
        previous BLOB NOT NULL,
        digest BLOB NOT NULL);
INSERT INTO "journey_seals" VALUES(1,1,5,X'9417181C36E5A32B10956074030C5C5732EC7C1E74BF87DCA0D0DC040767FE3BF62797D2380E579B1146A700E4327C45DC415FC4637F3864DFC65FC169E7F7788EB05B4646489A952E9B4E64FD879964ADD675F4EB3028F829AA6D8C2A6F4B5CB88AE30550FAFBCBD191376835B53CAA6CBAF8BBA509D5469161A63CBAB37205D92E85F62B53747246EC32DE013106FCACC3B515C7F6C6B4B4A6AE8F96314459',X'577CED4D194E0AF8DCC15290869E9BD5F975E3ABF225101FBC01C1B3891EE8DF',X'0000000000000000000000000000000000000000000000000000000000000000',X'74CF546180B28AB7FA2F710DC6F7F119A87B66A7DA015885E9B6777339D76CDC');
CREATE TABLE touchpoints (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT UNIQUE,
        relationship TEXT NOT NULL,
        version INTEGER NOT NULL,
        occurred_at INTEGER,
        recorded_at INTEGER,
        kind TEXT NOT NULL,
        schema_version INTEGER,
        payload NOT NULL,
        personal TEXT,
        digest BLOB,
        UNIQUE (relationship, version));
INSERT INTO "touchpoints" VALUES(1,'opened','m@bank',1,1367830800000000,1704067200000000,'relationship_opened',1,'{"sequence":0,"by":"organisation","certainty":1.0,"customer":"m","origin":"stranger","strength":0.5}',NULL,X'9417181C36E5A32B10956074030C5C5732EC7C1E74BF87DCA0D0DC040767FE3B');
INSERT INTO "touchpoints" VALUES(2,'visit-1','m@bank',2,1367917200000000,1704067200000000,'interaction',1,'{"sequence":0,"by":"organisation","certainty":1.0,"representative":"anna","benevolence":0.7}',NULL,X'F62797D2380E579B1146A700E4327C45DC415FC4637F3864DFC65FC169E7F778');
INSERT INTO "touchpoints" VALUES(3,'visit-2','z@bank',1,1368003600000001,1704067200000000,'interaction',1,'{"sequence":0,"by":"organisation","certainty":1.0,"representative":"anna.rossi","competence":-0.25}',NULL,X'8EB05B4646489A952E9B4E64FD879964ADD675F4EB3028F829AA6D8C2A6F4B5C');
INSERT INTO "touchpoints" VALUES(4,'anna+anna.rossi.merged-1','',1,1704067200000000,1704067200000001,'people_merged',1,'{"person":"anna","other":"anna.rossi"}',NULL,X'B88AE30550FAFBCBD191376835B53CAA6CBAF8BBA509D5469161A63CBAB37205');
INSERT INTO "touchpoints" VALUES(5,'m@bank+z@bank.merged-1','m@bank',3,1704067200000000,1704067200000002,'relationships_merged',1,'{"other":"z@bank"}',NULL,X'D92E85F62B53747246EC32DE013106FCACC3B515C7F6C6B4B4A6AE8F96314459');
CREATE INDEX touchpoints_that_merge ON touchpoints (relationship) WHERE kind IN ('relationships_merged', 'relationships_unmerged');
CREATE INDEX touchpoints_that_merge_others ON touchpoints (json_extract(payload, '$.other')) WHERE kind IN ('relationships_merged', 'relationships_unmerged');
CREATE INDEX facts_about_people ON touchpoints (json_extract(payload, '$.person')) WHERE kind IN ('people_merged', 'people_unmerged', 'person_named', 'subject_forgotten');
CREATE INDEX facts_about_others ON touchpoints (json_extract(payload, '$.other')) WHERE kind IN ('people_merged', 'people_unmerged', 'person_named', 'subject_forgotten');
CREATE TRIGGER touchpoints_are_never_updated BEFORE UPDATE ON touchpoints
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever updated'); END;
CREATE TRIGGER touchpoints_are_never_deleted BEFORE DELETE ON touchpoints
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever deleted'); END;
CREATE TRIGGER seals_are_never_updated BEFORE UPDATE ON journey_seals
        BEGIN SELECT RAISE(ABORT, 'seals are facts: none is ever updated'); END;
CREATE TRIGGER seals_are_never_deleted BEFORE DELETE ON journey_seals
        BEGIN SELECT RAISE(ABORT, 'seals are facts: none is ever deleted'); END;
CREATE TRIGGER touchpoints_are_never_replaced BEFORE INSERT ON touchpoints
        WHEN EXISTS (SELECT 1 FROM touchpoints WHERE position = NEW.position OR id = NEW.id)
            OR EXISTS (SELECT 1 FROM touchpoints WHERE relationship = NEW.relationship AND version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever replaced'); END;
CREATE TRIGGER seals_are_never_replaced BEFORE INSERT ON journey_seals
        WHEN EXISTS (SELECT 1 FROM journey_seals WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'seals are facts: none is ever replaced'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('touchpoints',5);
INSERT INTO "sqlite_sequence" VALUES('journey_seals',1);
COMMIT;
