"""The formats of process mining, XES and OCEL: logs read as touchpoints, histories written as logs."""
