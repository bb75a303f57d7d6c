//! Fields by position, in records that have more of them than the macro takes at a time.

use alicloud_schema::record::{Field, Fields, Record, Schema, ValueMut, ValueRef};

/// A record with fields of these names, as many as there are, and its schema.
macro_rules! numbered {
    ($name:ident = $table:ident { $($field:ident)* }) => {
        #[derive(Default)]
        struct $name {
            $($field: Option<i64>,)*
        }

        alicloud_schema::record! {
            response $name = $table { $($field),* }
        }

        static $table: Schema = Schema {
            name: stringify!($name),
            fields: Fields::of(&[$(Field::int64(stringify!($field))),*]),
            rules: &[],
        };
    };
}

numbered!(Empty = EMPTY {});
numbered!(One = ONE { a });
numbered!(Eight = EIGHT { a b c d e f g h });
numbered!(Nine = NINE { a b c d e f g h i });
numbered!(Seventeen = SEVENTEEN { a b c d e f g h i j k l m n o p q });

#[test]
fn every_field_is_at_its_position_and_nothing_is_beyond() {
    fn check<T: Record + Default + Clone + PartialEq>() {
        let mut record = T::default();
        let fields = &record.schema().fields;
        for (index, field) in fields.iter().enumerate() {
            assert!(matches!(record.get(index), ValueRef::Absent));
            let Some(ValueMut::Integer(place)) = record.value_mut(index) else {
                panic!("{} takes no number", field.name);
            };
            assert!(place.put(i64::try_from(index).unwrap()));
        }
        let shown = fields.iter().enumerate();
        let shown: Vec<_> = shown
            .map(|(index, field)| format!("{}: {index}", field.name))
            .collect();
        let shown = match shown.as_slice() {
            [] => String::new(),
            shown => format!(" {{ {} }}", shown.join(", ")),
        };
        assert_eq!(
            format!("{record:?}"),
            format!("{}{shown}", record.schema().name)
        );
        for beyond in [fields.len(), fields.len() + 1, fields.len() + 8, usize::MAX] {
            assert!(matches!(record.get(beyond), ValueRef::Absent));
            assert!(record.value_mut(beyond).is_none());
        }
        assert!(record == record.clone());
    }
    check::<Empty>();
    check::<One>();
    check::<Eight>();
    check::<Nine>();
    check::<Seventeen>();
}
