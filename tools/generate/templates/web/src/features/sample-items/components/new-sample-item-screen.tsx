'use client';

import { useState } from 'react';
import { v4 as uuid } from 'uuid';
import { useCreateSampleItem } from '../api/create-sample-item';
import { emptySampleItemForm, toSampleItemValues } from '../sample-item-form-schema';
import { SampleItemForm } from './sample-item-form';

export function NewSampleItemScreen() {
  const { mutateAsync: create } = useCreateSampleItem();
  const [lastRequest, setLastRequest] = useState({ values: '', idempotencyKey: '' });

  return (
    <div className="grid max-w-xl gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">New sample item</h1>
      <SampleItemForm
        values={emptySampleItemForm}
        draft="new-sample-item"
        save={(form) => {
          const values = JSON.stringify(form);
          // A retry of the same values sends the same key.
          const idempotencyKey = lastRequest.values === values ? lastRequest.idempotencyKey : uuid();
          setLastRequest({ values, idempotencyKey });
          return create({ values: toSampleItemValues(form), idempotencyKey });
        }}
      />
    </div>
  );
}
