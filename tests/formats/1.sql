BEGIN TRANSACTION;
CREATE TABLE journey_format (version INTEGER PRIMARY KEY);
INSERT INTO "journey_format" VALUES(1);
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
INSERT INTO "touchpoints" VALUES(1,'opened','m@bank',1,1367830800000000,1704067200000000,'relationship_opened',1,'{"by":"organisation","certainty":1.0,"customer":"m","origin":"stranger","sequence":0,"strength":0.5}',NULL,X'37C7CACA370FB24FAAC27047C0C1A1744E3DEF0BD0B8DCC7F16D2E5090578049');
INSERT INTO "touchpoints" VALUES(2,'visit-1','m@bank',2,1367917200000000,1704067200000000,'interaction',1,'{"benevolence":0.7,"by":"organisation","certainty":1.0,"sequence":0}','{"note":"She brought cake, très bon."}',X'CF2932902F8879EE01BB83CFBABF4558944F5E1F883766D86569B2F2DC1CF223');
INSERT INTO "touchpoints" VALUES(3,'visit-2','z@bank',1,1368003600000001,1704153600000000,'interaction',1,'{"by":"organisation","certainty":1.0,"competence":-0.25,"sequence":0}',NULL,X'5F179590A4D6147DAF0E8D6163C1C02CB8B0C4227E1437DAD996E104A0E61B39');
CREATE TRIGGER touchpoints_are_never_updated BEFORE UPDATE ON touchpoints
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever updated'); END;
CREATE TRIGGER touchpoints_are_never_deleted BEFORE DELETE ON touchpoints
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever deleted'); END;
CREATE TRIGGER touchpoints_are_never_replaced BEFORE INSERT ON touchpoints
        WHEN EXISTS (SELECT 1 FROM touchpoints WHERE position = NEW.position OR id = NEW.id)
            OR EXISTS (SELECT 1 FROM touchpoints WHERE relationship = NEW.relationship AND version = NEW.version)
        BEGIN SELECT RAISE(ABORT, 'touchpoints are facts: none is ever replaced'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('touchpoints',3);
COMMIT;
