package io.portolan.spark;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** What several iterators give, one after the other; the next one is asked for when it is needed. For one thread. */
final class Concatenated<T> implements Iterator<T> {

    private final Iterator<Iterator<T>> parts;
    private Iterator<T> current = Collections.emptyIterator();

    Concatenated(Iterator<Iterator<T>> parts) {
        this.parts = parts;
    }

    @Override
    public boolean hasNext() {
        while (!current.hasNext()) {
            if (!parts.hasNext()) {
                return false;
            }
            current = parts.next();
        }
        return true;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return current.next();
    }
}
