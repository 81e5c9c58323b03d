"""Where journals live. A store keeps rows; it knows no trust. `open_store` picks one by its address."""

from journey.stores.opening import open_keystore, open_store
from journey.stores.protocol import Bookmark, Counters, Polling, Store, Summary, Watch

__all__ = ["Bookmark", "Counters", "Polling", "Store", "Summary", "Watch", "open_keystore", "open_store"]
